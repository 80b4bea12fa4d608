import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runMigrations } from 'graphile-worker';
import { PgBoss } from 'pg-boss';
import { withConnection } from '../../support/connection.ts';
import { root } from '../../support/root.ts';

/** Shops that the waiting items belong to, evenly. */
export const SHOPS = 500;
const ROWS_A_JOB = 2_000;

/** The optimizer's schema with its roles, `done` finished items and no waiting one. */
export async function buildOurs(url: string, done: number): Promise<void> {
  const cli = join(root, 'packages/migrate/src/cli/main.js');
  const config = ['--config', join(root, 'packages/db/db.config.ts'), '--url', url, '--quiet'];
  for (const command of [
    ['migrate', '--domain', 'optimizer'],
    ['roles', 'apply', '--yes'],
  ])
    await promisify(execFile)(process.execPath, [cli, ...command, ...config]);
  await withConnection(url, async (sql) => {
    await sql.unsafe(`
      INSERT INTO optimizer.app_instances (instance_id, site_host, access_token, refresh_token, token_expires_at)
      SELECT 'shop-' || n, 'shop-' || n || '.example.com', 'a', 'r', now() FROM generate_series(1, ${SHOPS}) AS n;
      INSERT INTO optimizer.shop_queues (instance_id, next_at) SELECT instance_id, 'infinity' FROM optimizer.app_instances`);
    await insertItems(sql, done / ROWS_A_JOB, ROWS_A_JOB, 'DONE');
    await sql.unsafe('VACUUM ANALYZE');
  });
}

/** Jobs, shop by shop in turn, whose items wait; nobody is told yet. */
export async function fillOurs(url: string, items: number): Promise<void> {
  await withConnection(url, (sql) => insertItems(sql, SHOPS, items / SHOPS, 'PENDING'));
}

async function insertItems(
  sql: { unsafe(text: string): PromiseLike<unknown> },
  jobs: number,
  items: number,
  status: 'DONE' | 'PENDING',
): Promise<void> {
  const done = status === 'DONE' ? items : 0;
  await sql.unsafe(`
    WITH job AS (
      INSERT INTO optimizer.jobs (instance_id, status, source_scope, source_ids, attributes, target_lang, user_prompt, items_total, items_done)
      SELECT 'shop-' || 1 + n % ${SHOPS}, '${status}', 'products', '[]', '["name"]', 'en', '', ${items}, ${done}
      FROM generate_series(1, ${jobs}) AS n RETURNING id
    )
    INSERT INTO optimizer.job_items (job_id, product_id, attribute, status, before_value, after_value, attempts)
    SELECT id, gen_random_uuid(), 'name', '${status}', ${done ? "'Name', 'Better name', 1" : 'NULL, NULL, 0'}
    FROM job, generate_series(1, ${items})`);
}

/** All queues are due, and workers are woken. */
export async function tellOurs(url: string): Promise<void> {
  await withConnection(url, (sql) =>
    sql.unsafe('UPDATE optimizer.shop_queues SET next_at = clock_timestamp(); NOTIFY optimizer_work'),
  );
}

/** Every item has one result: exactly one attempt was counted, and the jobs' counts are those of their items. */
export async function checkOurs(url: string): Promise<void> {
  const [row] = await withConnection(url, (sql) =>
    sql.unsafe<{ wrong: number }[]>(`
      SELECT ((SELECT count(*) FROM optimizer.job_items WHERE status <> 'DONE' OR attempts <> 1)
        + abs((SELECT sum(items_done) FROM optimizer.jobs) - (SELECT count(*) FROM optimizer.job_items)))::integer AS wrong`),
  );
  if (row?.wrong !== 0) throw new Error(`${row?.wrong} items have not exactly one result`);
}

/** Both peers' schemas; pg-boss with `done` completed jobs. graphile-worker deletes what is done. */
export async function buildPeers(url: string, done: number): Promise<void> {
  await runMigrations({ connectionString: url });
  const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false });
  await boss.start();
  await boss.createQueue('idle');
  await boss.insert('idle', [{ data: {} }]);
  await boss.stop({ graceful: false });
  await withConnection(url, async (sql) => {
    await sql.unsafe("UPDATE pgboss.job SET state = 'completed', started_on = now(), completed_on = now()");
    // copies of the one job: all columns but its id
    const [row] = await sql.unsafe<{ columns: string }[]>(`
      SELECT string_agg(quote_ident(attname), ', ') AS columns FROM pg_attribute
      WHERE attrelid = 'pgboss.job'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'id' AND attgenerated = ''`);
    await sql.unsafe(`
      INSERT INTO pgboss.job (id, ${row?.columns})
      SELECT gen_random_uuid(), ${row?.columns} FROM pgboss.job, generate_series(1, ${done})`);
    await sql.unsafe('VACUUM ANALYZE');
  });
}

export async function fillGraphile(url: string, items: number): Promise<void> {
  await withConnection(url, (sql) =>
    sql.unsafe(`SELECT count(graphile_worker.add_job('idle', '{}')) FROM generate_series(1, ${items})`),
  );
}

export async function fillPgBoss(url: string, items: number): Promise<void> {
  const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false });
  await boss.start();
  for (let left = items; left > 0; left -= 5_000)
    await boss.insert(
      'idle',
      Array.from({ length: Math.min(left, 5_000) }, () => ({ data: {} })),
    );
  await boss.stop({ graceful: false });
}
