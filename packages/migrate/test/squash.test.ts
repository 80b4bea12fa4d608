import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import { beforeAll, describe, expect, test } from 'vitest';
import { driftDomain, parseTarget, rollbackDomain } from '../src/index.ts';
import { type Database, emptyDatabase } from './support/database.ts';
import { createProject, type Project } from './support/project.ts';
import { runMain } from './support/run-main.ts';

/** What a history comes to be: renamed and retyped columns, an enum that grew, rows, a trigger that writes, a view, a function. */
const HISTORY = {
  '20260101000000_shop': `
    CREATE SCHEMA shop;
    CREATE TYPE shop.state AS ENUM ('open', 'closed');
    CREATE TABLE shop.plans (id text PRIMARY KEY, price integer NOT NULL);
    CREATE TABLE shop.orders (id serial PRIMARY KEY, state shop.state NOT NULL DEFAULT 'open', plan text, old_note varchar(10));`,
  '20260102000000_rows': `
    INSERT INTO shop.plans VALUES ('free', 0), ('it''s \\ big', 900);
    INSERT INTO shop.orders (plan, old_note) VALUES ('free', NULL), ('free', 'two');
    UPDATE shop.orders SET old_note = 'one' WHERE id = 1;`,
  '20260103000000_grown': `
    ALTER TYPE shop.state ADD VALUE 'paid' BEFORE 'closed';
    ALTER TABLE shop.orders RENAME COLUMN old_note TO note;
    ALTER TABLE shop.orders ALTER COLUMN note TYPE text, ALTER COLUMN id TYPE bigint;
    ALTER TABLE shop.orders ADD CONSTRAINT orders_plan_fkey FOREIGN KEY (plan) REFERENCES shop.plans;
    ALTER TABLE shop.orders ADD COLUMN counted integer GENERATED ALWAYS AS (length(note)) STORED;
    CREATE INDEX idx_orders_plan ON shop.orders (plan) WHERE plan IS NOT NULL;`,
  '20260104000000_trigger': `
    CREATE TABLE shop.log (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text NOT NULL);
    CREATE FUNCTION shop.note() RETURNS trigger LANGUAGE plpgsql AS $body$BEGIN INSERT INTO shop.log (what) VALUES (TG_OP); RETURN NEW; END$body$;
    CREATE TRIGGER note AFTER INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.note();
    COMMENT ON TRIGGER note ON shop.orders IS 'counts';
    INSERT INTO shop.orders (plan) VALUES ('free');`,
  '20260105000000_view': `
    CREATE VIEW shop.open_orders AS SELECT id, plan FROM shop.orders WHERE state = 'open';
    CREATE MATERIALIZED VIEW shop.per_plan AS SELECT plan, count(*) AS orders FROM shop.orders GROUP BY plan;
    CREATE UNIQUE INDEX idx_per_plan ON shop.per_plan (plan);`,
};
const LATER = '20260106000000_later';
const NAMES = Object.keys(HISTORY);
const GRANT = 'ALTER TABLE shop.plans ADD COLUMN seats integer;';
const BASELINE = '20260105000000_baseline';
const servers = testServers();

/** The texts of the baseline that the command writes of HISTORY. */
const squashed: { sql: string; down: string } = { sql: '', down: '' };

beforeAll(async () => {
  await using project = await createProject({ ...HISTORY, [LATER]: GRANT });
  await project.writeConfig();
  const folder = join(project.root, 'migrations');
  const squash = (more: readonly string[]) =>
    runMain(
      ['squash', '--to', NAMES.at(-1) ?? '', ...servers.flatMap(({ url }) => ['--scratch-url', url]), ...more],
      project.root,
    );
  const shown = await squash(['--json']);
  expect({ exit: shown.exit, folders: await readdir(folder) }).toEqual({ exit: 3, folders: [...NAMES, LATER] });
  expect(JSON.parse(shown.stdout).domains).toMatchObject([
    { name: BASELINE, replaced: NAMES, versions: servers.map(({ version }) => version), unstable: [], written: false },
  ]);
  const written = await squash(['--yes']);
  expect({ exit: written.exit, folders: await readdir(folder) }).toEqual({ exit: 0, folders: [BASELINE, LATER] });
  squashed.sql = await readFile(join(folder, BASELINE, 'migration.sql'), 'utf8');
  squashed.down = await readFile(join(folder, BASELINE, 'down.sql'), 'utf8');
});

/** A project whose folders were squashed. */
async function createSquashed(): Promise<Project> {
  const project = await createProject({ [BASELINE]: squashed.sql });
  await writeFile(join(project.root, 'migrations', BASELINE, 'down.sql'), squashed.down);
  await project.writeConfig();
  return project;
}

test('a baseline names what it replaces with their checksums, and is compact', () => {
  for (const name of NAMES) expect(squashed.sql).toMatch(new RegExp(`^-- db: replaces ${name} [0-9a-f]{64}$`, 'm'));
  // One statement for a table, with all that came to it, and a person's own words for a function.
  expect(squashed.sql).not.toContain('ADD COLUMN');
  expect(squashed.sql).toContain('AS $body$BEGIN INSERT');
});

describe.each(servers)('PostgreSQL $version', ({ url: server }) => {
  test('a new database gets by the baseline what an old one has, rows, counters and what triggers had written', async () => {
    await using before = await createProject(HISTORY);
    await using project = await createSquashed();
    await using old = await emptyDatabase(server);
    await using fresh = await emptyDatabase(server);
    await before.migrate(old.url);
    expect(await project.migrate(fresh.url)).toMatchObject({ applied: [{ name: BASELINE }] });
    for (const query of [
      'SELECT * FROM shop.orders ORDER BY id',
      'SELECT * FROM shop.plans ORDER BY id',
      'SELECT * FROM shop.log',
      'SELECT * FROM shop.per_plan',
      "SELECT nextval('shop.orders_id_seq'), nextval('shop.log_id_seq')",
      'SELECT enum_range(NULL::shop.state)::text',
    ])
      expect(await fresh.sql.unsafe(query)).toEqual(await old.sql.unsafe(query));
  });

  test('an old database counts the baseline as applied, goes on with what is newer, and has no drift', async () => {
    await using before = await createProject(HISTORY);
    await using project = await createSquashed();
    await using db = await emptyDatabase(server);
    await before.migrate(db.url);
    expect(await project.migrate(db.url)).toMatchObject({ applied: [], left: [] });
    await project.write(LATER, GRANT);
    expect(await project.migrate(db.url)).toMatchObject({ applied: [{ name: LATER, late: false }] });
    const status = await runMain(['status', '--url', db.url, '--json'], project.root);
    expect(status.exit).toBe(0);
    expect(JSON.parse(status.stdout).domains[0].migrations).toMatchObject([
      ...NAMES.map((name) => ({ name, state: 'replaced' })).slice(0, 4),
      { name: BASELINE, state: 'applied' },
      { name: NAMES[4], state: 'replaced' },
      { name: LATER, state: 'applied' },
    ]);
    expect((await runMain(['verify', '--url', db.url], project.root)).exit).toBe(0);
    expect(await driftDomain(project.domain, parseTarget(db.url, 'test'))).toMatchObject({ differences: [] });
  });
});

const newest = servers.at(-1)?.url ?? '';

test('a database within the replaced range is refused, untouched, and the way out works', async () => {
  await using before = await createProject(HISTORY);
  await using project = await createSquashed();
  await using db = await emptyDatabase(newest);
  await before.migrate(db.url, { to: NAMES[2] });
  await expect(project.migrate(db.url)).rejects.toMatchObject({ code: 'DB_BASELINE', exit: 4 });
  const verified = await runMain(['verify', '--url', db.url], project.root);
  expect(verified).toMatchObject({ exit: 2 });
  expect(await appliedIn(db)).toEqual(NAMES.slice(0, 3));
  await before.migrate(db.url);
  expect(await project.migrate(db.url)).toMatchObject({ applied: [], left: [] });
});

test('what a baseline stands for is undone as a whole or not at all', async () => {
  await using before = await createProject(HISTORY);
  await using project = await createSquashed();
  await using db = await emptyDatabase(newest);
  await before.migrate(db.url);
  const options = { root: project.root, target: parseTarget(db.url, 'test') };
  await expect(
    rollbackDomain(project.domain, { ...options, extent: { kind: 'steps', count: 1 } }),
  ).rejects.toMatchObject({
    code: 'DB_BASELINE',
  });
  await using fresh = await emptyDatabase(newest);
  await project.migrate(fresh.url);
  const target = parseTarget(fresh.url, 'test');
  await rollbackDomain(project.domain, { ...options, target, extent: { kind: 'all' } });
  expect(await fresh.sql`SELECT to_regnamespace('shop') AS gone`).toEqual([{ gone: null }]);
});

test('a baseline beside the folders that it replaces is refused', async () => {
  await using project = await createSquashed();
  await project.write(NAMES[0] ?? '', HISTORY['20260101000000_shop']);
  await using db = await emptyDatabase(newest);
  await expect(project.migrate(db.url)).rejects.toMatchObject({ code: 'DB_BASELINE' });
});

async function appliedIn({ sql }: Database): Promise<readonly string[]> {
  const rows = await sql<{ name: string }[]>`SELECT name FROM migrations.applied ORDER BY name`;
  return rows.map(({ name }) => name);
}
