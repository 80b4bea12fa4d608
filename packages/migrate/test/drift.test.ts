import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import { describe, expect, test } from 'vitest';
import type { AllowedDrift } from '../src/config.ts';
import { openSession } from '../src/connect/session.ts';
import { driftDomain } from '../src/drift/drift-domain.ts';
import { withRecordedCatalog } from '../src/drift/with-recorded-catalog.ts';
import { parseTarget, rollbackDomain } from '../src/index.ts';
import { lockName, withLock } from '../src/lock/try-lock.ts';
import { type Database, emptyDatabase } from './support/database.ts';
import { createProject, type Project } from './support/project.ts';
import { runMain } from './support/run-main.ts';

const A = '20260101000000_a';
const B = '20260102000000_b';
const SHOP = `
CREATE SCHEMA shop;
CREATE TYPE shop.state AS ENUM ('new', 'paid');
CREATE TABLE shop.orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, total int NOT NULL DEFAULT 0, state shop.state);
CREATE INDEX idx_orders_total ON shop.orders (total) WHERE total > 0;
ALTER TABLE shop.orders ADD CONSTRAINT orders_total_check CHECK (total >= 0);
CREATE VIEW shop.paid AS SELECT id, total FROM shop.orders WHERE state = 'paid';
CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.total := NEW.total + 1;
  RETURN NEW;
END
$$;
CREATE TRIGGER touch BEFORE UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.touch();
COMMENT ON COLUMN shop.orders.total IS 'cents';
ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON shop.orders USING (id > 0);`;

const drift = (project: Project, db: Database, allow: readonly AllowedDrift[] = []) =>
  driftDomain({ ...project.domain, drift: allow }, parseTarget(db.url, 'test'));
const named = async (project: Project, db: Database) =>
  (await drift(project, db)).differences.map(({ state, object }) => `${state} ${object}`);

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('right after a migrate there is none', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: SHOP });
    await project.migrate(db.url);
    expect(await drift(project, db)).toMatchObject({ state: 'compared', differences: [], unused: [] });
  });

  test.each([
    ['ALTER TABLE shop.orders ADD COLUMN note text', ['unexpected column shop.orders.note']],
    ['DROP INDEX shop.idx_orders_total', ['missing index shop.idx_orders_total']],
    ['ALTER TABLE shop.orders ALTER COLUMN total SET DEFAULT 1', ['changed column shop.orders.total']],
    ['ALTER TABLE shop.orders ALTER COLUMN total DROP NOT NULL', ['changed column shop.orders.total']],
    ['ALTER TABLE shop.orders ALTER COLUMN total SET STATISTICS 500', ['changed column shop.orders.total']],
    [
      "CREATE OR REPLACE VIEW shop.paid AS SELECT id, total FROM shop.orders WHERE state = 'new'",
      ['changed view shop.paid'],
    ],
    ['ALTER TABLE shop.orders DISABLE TRIGGER touch', ['changed trigger shop.orders touch']],
    ["COMMENT ON COLUMN shop.orders.total IS 'dollars'", ['changed comment table shop.orders.total']],
    ["COMMENT ON TRIGGER touch ON shop.orders IS 'x'", ['unexpected comment trigger shop.orders touch']],
    ["ALTER TYPE shop.state ADD VALUE 'void'", ['changed type shop.state']],
    [
      'ALTER TABLE shop.orders DROP CONSTRAINT orders_total_check',
      ['missing constraint shop.orders orders_total_check'],
    ],
    ['ALTER TABLE shop.orders DISABLE ROW LEVEL SECURITY', ['changed table shop.orders']],
    ['ALTER POLICY mine ON shop.orders USING (true)', ['changed policy shop.orders mine']],
    ['CREATE STATISTICS shop.pair ON total, state FROM shop.orders', ['unexpected statistics shop.pair']],
    [
      'CREATE OR REPLACE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$',
      ['changed function shop.touch()'],
    ],
    ['CREATE RULE quiet AS ON DELETE TO shop.orders DO INSTEAD NOTHING', ['unexpected rule shop.orders quiet']],
  ])('finds and names: %s', async (statement, expected) => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: SHOP });
    await project.migrate(db.url);
    await db.sql.unsafe(statement);
    expect(await named(project, db)).toEqual(expected);
  });

  test('what changes no definition is no drift: rows, owners, privileges, a rebuilt index', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: SHOP });
    await project.migrate(db.url);
    const role = `r_${new URL(db.url).pathname.slice(1)}`.slice(0, 60);
    await db.sql.unsafe(`INSERT INTO shop.orders (total) VALUES (1); REINDEX TABLE shop.orders; ANALYZE shop.orders;
      CREATE ROLE "${role}"; GRANT SELECT ON shop.orders TO "${role}"`);
    expect(await named(project, db)).toEqual([]);
    await db.sql.unsafe(`DROP OWNED BY "${role}"; DROP ROLE "${role}"`);
  });

  test('what the server notes with a column for itself is no drift; an option that a person set is', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: SHOP });
    await project.migrate(db.url);
    // As a server of 15.20 does.
    await db.sql.unsafe(`SET allow_system_table_mods = on; UPDATE pg_attribute SET attoptions = '{pg_attver=22161528}'
      WHERE attrelid = 'shop.orders'::regclass AND attname = 'total'`);
    expect(await named(project, db)).toEqual([]);
    await db.sql`ALTER TABLE shop.orders ALTER COLUMN id SET (n_distinct = 5)`;
    expect(await named(project, db)).toEqual(['changed column shop.orders.id']);
  });

  test('it is the same whatever settings a role or database has for printing', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({
      [A]: `CREATE SCHEMA shop;
        CREATE TABLE shop.logs (at timestamptz DEFAULT '2026-01-01 00:00+00', kept interval DEFAULT '36 hours', raw bytea DEFAULT 'x', f float8 DEFAULT '0.1');
        ALTER TABLE shop.logs ADD CHECK (at < '2030-01-01 00:00+00' AND kept < '90 days' AND f < '0.3'::float8)`,
    });
    await project.migrate(db.url);
    const name = new URL(db.url).pathname.slice(1);
    for (const setting of [
      "timezone = 'Asia/Tokyo'",
      "datestyle = 'German'",
      "intervalstyle = 'iso_8601'",
      "bytea_output = 'escape'",
      'extra_float_digits = -10',
      'quote_all_identifiers = on',
    ])
      await db.sql.unsafe(`ALTER DATABASE "${name}" SET ${setting}`);
    expect(await named(project, db)).toEqual([]);
  });

  test('drift from before a migrate is still drift after it, and what the migrate did is none', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: SHOP });
    await project.migrate(db.url);
    await db.sql`CREATE INDEX by_hand ON shop.orders (state)`;
    await db.sql`ALTER TABLE shop.orders ALTER COLUMN total SET DEFAULT 7`;
    await project.write(B, 'ALTER TABLE shop.orders ADD COLUMN b int; DROP VIEW shop.paid');
    await project.migrate(db.url);
    expect(await named(project, db)).toEqual(['changed column shop.orders.total', 'unexpected index shop.by_hand']);
  });

  test('drift from before a rollback is still drift after it, and what the rollback undid is none', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: SHOP, [B]: 'ALTER TABLE shop.orders ADD COLUMN b int' });
    await writeFile(join(project.root, 'migrations', B, 'down.sql'), 'ALTER TABLE shop.orders DROP COLUMN b');
    await project.migrate(db.url);
    await db.sql`CREATE INDEX by_hand ON shop.orders (state)`;
    const target = parseTarget(db.url, 'test');
    await rollbackDomain(project.domain, { root: project.root, target, extent: { kind: 'steps', count: 1 } });
    expect(await named(project, db)).toEqual(['unexpected index shop.by_hand']);
  });

  test('a migrate that fails midway records what it committed', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: SHOP, [B]: 'SELECT 1/0' });
    await expect(project.migrate(db.url)).rejects.toMatchObject({ code: 'DB_STATEMENT' });
    expect(await drift(project, db)).toMatchObject({ state: 'compared', differences: [] });
  });

  test('a run that was killed is open; the next migrate finishes its recording, also with nothing pending', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: SHOP });
    await project.migrate(db.url);
    await db.sql`CREATE INDEX by_hand ON shop.orders (state)`;
    {
      await using session = await openSession(parseTarget(db.url, 'test'), { app: 'killed' });
      await withRecordedCatalog(session, project.domain, async () => {
        await session.sql`ALTER TABLE shop.orders ADD COLUMN half int`;
        await db.sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND application_name = 'killed'`;
        await session.sql`SELECT 1`;
      }).then(
        () => expect.unreachable(),
        () => {},
      );
    }
    expect(await drift(project, db)).toMatchObject({
      state: 'open',
      differences: [{ object: 'index shop.by_hand' }],
    });
    const events: unknown[] = [];
    expect((await project.migrate(db.url, { onEvent: (event) => events.push(event) })).applied).toEqual([]);
    expect(events).toEqual([{ type: 'recorded', domain: 'shop', why: 'finished' }]);
    expect(await drift(project, db)).toMatchObject({
      state: 'compared',
      differences: [{ object: 'index shop.by_hand' }],
    });
  });

  test('an open run does not make a migrator with nothing pending wait for the one at work', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: SHOP });
    await project.migrate(db.url);
    await using other = await openSession(parseTarget(db.url, 'test'), { app: 'at work' });
    const lock = { waitMs: 0, onWait: () => {} };
    await withLock(other, lockName.domain('shop'), lock, () =>
      withRecordedCatalog(other, project.domain, async () => {
        const started = performance.now();
        expect((await project.migrate(db.url)).applied).toEqual([]);
        expect(performance.now() - started).toBeLessThan(5000);
      }),
    );
    expect((await drift(project, db)).state).toBe('compared');
  });

  test('a history that was made without the engine has nothing to compare with until the next migrate, which says so', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: SHOP });
    await project.migrate(db.url);
    await db.sql`DELETE FROM migrations.catalogs`;
    expect((await drift(project, db)).state).toBe('not recorded');
    const events: unknown[] = [];
    await project.migrate(db.url, { onEvent: (event) => events.push(event) });
    expect(events).toEqual([{ type: 'recorded', domain: 'shop', why: 'first' }]);
    expect(await drift(project, db)).toMatchObject({ state: 'compared', differences: [] });
  });

  test('what belongs to an unexpected table names it, and the allow-list covers it whole; unused entries are reported', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: SHOP });
    await project.migrate(db.url);
    await db.sql`CREATE TABLE shop.scratch (id serial PRIMARY KEY, note text)`;
    await db.sql`COMMENT ON COLUMN shop.scratch.note IS 'x'`;
    await db.sql`DROP INDEX shop.idx_orders_total`;
    const report = await drift(project, db);
    expect(report.differences.filter(({ partOf }) => partOf === null).map(({ object }) => object)).toEqual([
      'index shop.idx_orders_total',
      'table shop.scratch',
    ]);
    expect(report.differences.filter(({ partOf }) => partOf === 'table shop.scratch')).toHaveLength(6);
    const allow = [
      { object: 'table shop.scr*', reason: 'a report that is being built' },
      { object: 'index shop.idx_orders_total', reason: 'rebuilt by hand on Monday' },
      { object: 'index shop.gone', reason: 'nobody needs this' },
    ];
    const allowed = await drift(project, db, allow);
    expect(allowed).toMatchObject({ differences: [], unused: [{ object: 'index shop.gone' }] });
    expect(allowed.allowed[0]).toMatchObject({
      object: 'column shop.scratch.id',
      reason: 'a report that is being built',
    });
    await expect(drift(project, db, [{ object: 'table *x', reason: 'y' }])).rejects.toMatchObject({
      code: 'DB_CONFIG',
    });
    await expect(drift(project, db, [{ object: 'table x', reason: ' ' }])).rejects.toMatchObject({ code: 'DB_CONFIG' });
  });

  test('`db drift` shows only what differs, as text and as JSON, and exits 2; without a difference 0', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: SHOP });
    await project.writeConfig();
    const run = (...args: string[]) =>
      runMain(['--config', join(project.root, 'db.config.ts'), 'drift', ...args], project.root, {
        DATABASE_URL: db.url,
      });
    await project.migrate(db.url);
    expect(await run()).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^ok shop/) });
    await db.sql`ALTER TABLE shop.orders ALTER COLUMN total SET DEFAULT 1`;
    await db.sql.unsafe(
      'CREATE OR REPLACE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n  NEW.total := NEW.total + 2;\n  RETURN NEW;\nEND\n$$',
    );
    const text = await run();
    expect(text).toMatchObject({ exit: 2, stderr: expect.stringContaining('fix: ') });
    expect(text.stdout.split('\n').slice(1)).toEqual([
      '  changed column shop.orders.total',
      '    expected integer not null default 0',
      '    live     integer not null default 1',
      '  changed function shop.touch()',
      '    line 6:',
      '    expected   NEW.total := NEW.total + 1;',
      '    live       NEW.total := NEW.total + 2;',
      '',
    ]);
    const json = JSON.parse((await run('--json')).stdout);
    expect(json).toMatchObject({ version: 1, command: 'drift', ok: false, code: 'DB_DRIFT' });
    expect(json.domains[0].differences[0]).toEqual({
      object: 'column shop.orders.total',
      kind: 'column',
      name: 'shop.orders.total',
      state: 'changed',
      expected: 'integer not null default 0',
      live: 'integer not null default 1',
      partOf: null,
    });
  });
});
