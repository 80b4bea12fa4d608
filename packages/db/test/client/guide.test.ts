import { readFile } from 'node:fs/promises';
import { and, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  closeOnSignal,
  connectionBudget,
  createDb,
  type Db,
  insertMany,
  paginate,
  parseRows,
  type SlowQuery,
  UniqueViolation,
  withTenant,
} from '../../src/index.ts';
import { migrate, waitForSchema } from '../../src/migrate.ts';
import { appInstances, jobItems, jobSelectSchema, jobs, plans, publishLogs } from '../../src/optimizer/index.ts';
import { emptyDatabase, type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { failureOf, shop } from './support.ts';

/* Every block between `guide:` marks is quoted in docs/guide/client.md; the last test holds the two together. */
describe.each(servers())('the guide on PostgreSQL $version', ({ url }) => {
  let database: MigratedDatabase;
  let db: Db<'optimizer'>;
  beforeAll(async () => {
    database = await migratedDatabase(url);
    db = createDb({ domain: 'optimizer', url: database.url, app: 'guide' });
    await insertMany(db, appInstances, [shop('shop-1'), shop('shop-2')]);
  });
  afterAll(async () => {
    await db.close();
    await database[Symbol.asyncDispose]();
  });

  test('open', async () => {
    const env = { DATABASE_URL: database.url };
    const log = { warn: (_: SlowQuery) => {} };
    // guide: open
    await using db = createDb({
      domain: 'optimizer',
      url: env.DATABASE_URL,
      app: 'optimizer-api',
      profile: 'web',
      onSlowQuery: (query) => log.warn(query),
    });
    const free = await db.query.plans.findFirst({ where: { id: 'free' } });
    // guide: end
    expect(free?.monthlyCredits).toBe(100);
  });

  test('errors', async () => {
    const plan = { id: 'free', name: 'Free', priceCents: 0, monthlyCredits: 100 };
    const create = async () => {
      // guide: errors
      try {
        await db.insert(plans).values(plan);
      } catch (error) {
        if (error instanceof UniqueViolation && error.constraint === 'plans_pkey') return 'exists';
        throw error;
      }
      // guide: end
      return 'created';
    };
    expect(await create()).toBe('exists');
  });

  test('transaction', async () => {
    const sent: bigint[] = [];
    const job = { instanceId: 'shop-1', sourceScope: 'products', sourceIds: ['p1'], attributes: ['name'] as const };
    const queue = { wake: (id: bigint) => sent.push(id) };
    // guide: transaction
    const id = await db.transaction(
      async (tx) => {
        await tx
          .update(appInstances)
          .set({ creditsUsedMonth: sql`${appInstances.creditsUsedMonth} + 1` })
          .where(eq(appInstances.instanceId, job.instanceId));
        const [row] = await tx
          .insert(jobs)
          .values({ ...job, targetLang: 'en', userPrompt: 'short' })
          .returning({ id: jobs.id });
        if (row === undefined) throw new Error('no job');
        tx.afterCommit(() => queue.wake(row.id));
        return row.id;
      },
      { isolation: 'serializable', retries: 5 },
    );
    // guide: end
    expect(sent).toEqual([id]);
    // guide: insertMany
    const items = job.sourceIds.map((productId) => ({ jobId: id, productId, attribute: 'name' }));
    const count = await insertMany(db, jobItems, items);
    const saved = await insertMany(db, plans, [{ id: 'pro', name: 'Pro+', priceCents: 1_900, monthlyCredits: 5_000 }], {
      onConflict: { target: ['id'], update: ['name'] },
      returning: true,
    });
    // guide: end
    expect(count).toBe(1);
    expect(saved).toMatchObject([{ name: 'Pro+' }]);
  });

  test('raw', async () => {
    // guide: raw
    const { rows } = await db.query<{ status: string; jobs: number }>(
      'SELECT status, count(*)::integer AS jobs FROM optimizer.jobs WHERE instance_id = $1 GROUP BY status',
      ['shop-1'],
      { signal: AbortSignal.timeout(2_000) },
    );

    await using client = await db.getClient();
    await client.query("SET work_mem = '64MB'");
    // guide: end
    expect(rows).toMatchObject([{ status: 'PENDING', jobs: 1 }]);
  });

  test('values', async () => {
    // guide: values
    const parsed = parseRows(jobSelectSchema, await db.select().from(jobs).where(eq(jobs.instanceId, 'shop-1')));
    // guide: end
    expect(parsed).toMatchObject([{ attributes: ['name'] }]);
  });

  test('replica', async () => {
    const env = { DATABASE_URL: database.url, REPLICA_URLS: [database.url] };
    const jobId = 1n;
    // guide: replica
    await using db = createDb({
      domain: 'optimizer',
      url: env.DATABASE_URL,
      replicas: env.REPLICA_URLS,
      app: 'optimizer-api',
    });
    const report = await db.replica().select().from(jobs).limit(100);

    await db.update(jobs).set({ error: null }).where(eq(jobs.id, jobId));
    const after = await db.position();
    const [fresh] = await db.replica({ after }).select().from(jobs).where(eq(jobs.id, jobId));
    // guide: end
    expect(report).toHaveLength(1);
    expect(fresh?.error).toBeNull();
  });

  test('listen', async () => {
    const seen: string[] = [];
    const work = { lookForJobs: async () => void seen.push('looked') };
    // guide: listen
    await using wakeUps = await db.listen('jobs', () => work.lookForJobs(), { onGap: () => work.lookForJobs() });
    await work.lookForJobs();

    await db.transaction(async (tx) => {
      await tx.update(jobs).set({ status: 'PENDING' }).where(eq(jobs.instanceId, 'shop-1'));
      await tx.notify('jobs');
    });
    // guide: end
    await expect.poll(() => seen).toEqual(['looked', 'looked']);
    await wakeUps.unlisten();
  });

  test('pool', async () => {
    const log = { info: (_: unknown) => {} };
    const other = createDb({ domain: 'bot', url: database.url, app: 'guide' });
    // guide: pool
    const { inUse, idle, waiting, max } = db.pool;
    for (const { server, wanted, available, fits } of await connectionBudget([db, other], 4))
      if (fits === false) throw new Error(`${server}: ${wanted} connections wanted, ${available} available`);
    log.info({ inUse, idle, waiting, max });
    using _ = closeOnSignal([db, other]);
    // guide: end
    expect({ inUse, max }).toEqual({ inUse: 0, max: 20 });
    await other.close();
  });

  test('abort', async () => {
    const request = { signal: new AbortController().signal };
    // guide: abort
    const own = db.withSignal(request.signal);
    const open = await own.select().from(jobs).where(eq(jobs.status, 'PENDING'));
    // guide: end
    expect(open).toHaveLength(1);
  });

  test('tenant', async () => {
    // guide: tenant
    const seen = await withTenant(db, { instance_id: 'shop-1' }, async (tx) => {
      const { rows } = await tx.query<{ tenant: string }>("SELECT current_setting('app.instance_id') AS tenant");
      return rows[0]?.tenant;
    });
    // guide: end
    expect(seen).toBe('shop-1');
    const after = await db.query<{ tenant: string }>(
      "SELECT coalesce(current_setting('app.instance_id', true), '') AS tenant",
    );
    expect(after.rows).toEqual([{ tenant: '' }]);
    expect(() => withTenant(db, { instance_id: '' }, async () => {})).toThrow('instance_id');
    expect(() => withTenant(db, {}, async () => {})).toThrow('none was given');
  });

  test('row-level security under withTenant shows a stranger nothing', async () => {
    await db.query('CREATE TABLE notes (tenant text, body text)');
    await db.query("INSERT INTO notes VALUES ('shop-1', 'mine'), ('shop-2', 'theirs')");
    await db.query('ALTER TABLE notes ENABLE ROW LEVEL SECURITY');
    await db.query("CREATE POLICY own ON notes USING (tenant = NULLIF(current_setting('app.instance_id', true), ''))");
    await db.query(`DO $$ BEGIN CREATE ROLE guide_app; EXCEPTION WHEN duplicate_object THEN NULL; END $$`);
    await db.query('GRANT SELECT ON notes TO guide_app');
    const read = (tenant: string) =>
      withTenant(db, { instance_id: tenant }, async (tx) => {
        await tx.query('SET LOCAL ROLE guide_app');
        return (await tx.query('SELECT body FROM notes')).rows;
      });
    expect(await Promise.all([read('shop-1'), read('shop-2'), read('stranger')])).toEqual([
      [{ body: 'mine' }],
      [{ body: 'theirs' }],
      [],
    ]);
    await db.query('REVOKE ALL ON notes FROM guide_app');
  });

  test('the first query of a tenant sees its tenant, however many share the connections', async () => {
    const tenants = Array.from({ length: 200 }, (_, at) => `shop-${at}`);
    const seen = tenants.map((tenant) =>
      withTenant(db, { instance_id: tenant }, async (tx) => {
        const [row] = (await tx.query<{ at: string }>("SELECT current_setting('app.instance_id', true) AS at")).rows;
        return row?.at;
      }),
    );
    expect(await Promise.all(seen)).toEqual(tenants);
  });

  test('a tenant that the server refuses reads and writes nothing', async () => {
    await db.query('CREATE TABLE visits (tenant text)');
    const visit = withTenant(db, { instance_id: 'shop\0' }, (tx) => tx.query("INSERT INTO visits VALUES ('nobody')"));
    expect(await failureOf(visit)).toMatchObject({ sqlState: '22021' });
    expect((await db.query('SELECT * FROM visits')).rows).toEqual([]);
  });

  test('pages', async () => {
    const secret = 'sixteen or more characters';
    const tenant = 'shop-1';
    const first = async (cursor?: string) => {
      // guide: pages
      const page = await paginate(db, publishLogs, {
        where: and(eq(publishLogs.instanceId, tenant)),
        orderBy: [
          { key: 'appliedAt', direction: 'desc' },
          { key: 'id', direction: 'desc' },
        ],
        limit: 50,
        cursor,
        secret,
        scope: tenant,
      });
      // guide: end
      return page;
    };
    expect(await first()).toEqual({ rows: [], next: undefined, previous: undefined });
    expect(await failureOf(first('tampered'))).toMatchObject({ code: 'DB_CLIENT_CURSOR_INVALID' });
  });
});

test.each(servers())('an app that migrates itself at its start, on PostgreSQL $version', async ({ url }) => {
  await using database = await emptyDatabase(url);
  const env = { DIRECT_URL: undefined, DATABASE_URL: database.url, APP_VERSION: '4.2.0' };
  const said: string[] = [];
  const logger = { info: (message: string) => said.push(message), warn: (message: string) => said.push(message) };
  const initDb = async () => {
    // guide: start
    await migrate({
      url: env.DIRECT_URL ?? env.DATABASE_URL,
      domain: 'bot',
      logger,
      appVersion: env.APP_VERSION,
    });
    return createDb({ domain: 'bot', url: env.DATABASE_URL, app: 'guild-bot', profile: 'bot' });
    // guide: end
  };
  await expect(waitForSchema({ url: database.url, domain: 'bot', timeoutMs: 0 })).rejects.toMatchObject({
    code: 'DB_PENDING',
  });
  await using db = await initDb();
  expect(await waitForSchema({ url: database.url, domain: 'bot', timeoutMs: 0 })).toMatchObject({ ahead: [] });
  expect(await db.query.memoryOptouts.findMany({ limit: 1 })).toEqual([]);
  expect(said.at(-1)).toMatch(/^bot: applied \d+ on /);
  await using again = await initDb();
  expect(await again.query.memoryOptouts.findMany({ limit: 1 })).toEqual([]);
  expect(said.at(-1)).toMatch(/^bot: up to date on /);
  const rows = await database.sql`SELECT DISTINCT app_version FROM migrations.applied`;
  expect(rows).toEqual([{ app_version: '4.2.0' }]);
  await expect(migrate({ url: database.url, domain: 'boat' as never })).rejects.toThrow(
    'expected the name of a domain',
  );
});

test('the guide quotes these examples word for word', async () => {
  const [source, guide] = await Promise.all([
    readFile(new URL(import.meta.url), 'utf8'),
    readFile(new URL('../../../../docs/guide/client.md', import.meta.url), 'utf8'),
  ]);
  const examples = [...source.matchAll(/^( *)\/\/ guide: (\w+)\n([\s\S]*?)\n *\/\/ guide: end$/gm)];
  expect(examples.length).toBe(guide.match(/^<!-- guide: /gm)?.length);
  for (const [, indent = '', name, code = ''] of examples)
    expect(guide).toContain(
      `<!-- guide: ${name} -->\n\`\`\`ts\n${code.replaceAll(new RegExp(`^${indent}`, 'gm'), '')}\n\`\`\``,
    );
});
