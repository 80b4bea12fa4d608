import { join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import postgres from 'postgres';
import { describe, expect, onTestFinished, test } from 'vitest';
import { waitForSchema } from '../src/index.ts';
import { type Database, emptyDatabase } from './support/database.ts';
import { createProject, type Project } from './support/project.ts';
import { runMain } from './support/run-main.ts';

const FIRST = '20260101000000_first';
const EXPAND = '20260201000000_note_may_be_null';
const CONTRACT = '20260201000001_drop_note';
const OTHER = '20260301000000_other_table';
const SAME = '20260401000000_same_table';
const HISTORY = {
  [FIRST]: 'CREATE SCHEMA shop; CREATE TABLE shop.orders (id int PRIMARY KEY, note text NOT NULL)',
  [EXPAND]: 'ALTER TABLE shop.orders ALTER COLUMN note DROP NOT NULL',
  [CONTRACT]: '-- db: contract\nALTER TABLE shop.orders DROP COLUMN note',
};

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  async function deployed(): Promise<{ db: Database; project: Project }> {
    const project = await createProject({ [FIRST]: HISTORY[FIRST] });
    const db = await emptyDatabase(server);
    onTestFinished(async () => {
      await db[Symbol.asyncDispose]();
      await project[Symbol.asyncDispose]();
    });
    await project.migrate(db.url);
    await project.writeConfig();
    for (const name of [EXPAND, CONTRACT] as const) await project.write(name, HISTORY[name]);
    return { db, project };
  }

  /** A build that is connected, until the test or the caller ends it. */
  async function connected({ url }: Database, name: string): Promise<{ end(): Promise<void> }> {
    const sql = postgres(url, { max: 1, connection: { application_name: name } });
    await sql`SELECT 1`;
    const end = () => sql.end({ timeout: 5 });
    onTestFinished(end);
    return { end };
  }

  const run = ({ root }: Project, { url }: Database, ...args: readonly string[]) =>
    runMain(['--config', join(root, 'db.config.ts'), ...args, '--url', url], root);
  const hasNote = async ({ sql }: Database) =>
    (await sql`SELECT FROM pg_attribute WHERE attrelid = 'shop.orders'::regclass AND attname = 'note'`).length === 1;

  test('an older build keeps its column: the expand is applied, the contract waits, and the next run after its end drops it', async () => {
    const { db, project } = await deployed();
    const old = await connected(db, 'api shop@20260101000000');
    const first = await run(project, db, 'migrate', '--json');
    expect(first.exit, first.stderr).toBe(0);
    expect(JSON.parse(first.stdout).domains).toMatchObject([
      { applied: [{ name: EXPAND }], left: [], held: [{ name: CONTRACT, builds: [{ app: 'api', sessions: 1 }] }] },
    ]);
    expect(await hasNote(db)).toBe(true);
    // Both builds go on: nobody waits for what the new one does not need.
    expect(await run(project, db, 'verify')).toMatchObject({ exit: 0, stderr: expect.stringContaining(CONTRACT) });
    expect(await waitForSchema({ ...project, url: db.url, timeoutMs: 0 })).toMatchObject({ ahead: [] });
    expect(await run(project, db, 'status')).toMatchObject({
      exit: 2,
      stdout: expect.stringMatching(
        new RegExp(`contract ${CONTRACT}: waits for api \\(shop@20260101000000, 1 session since`),
      ),
    });
    const again = await run(project, db, 'migrate');
    expect(again).toMatchObject({ exit: 0, stdout: 'shop: applied 0, 1 held back\n' });
    expect(again.stderr).toContain(`held back: ${CONTRACT} drops what older builds may use`);
    expect(again.stderr).toContain('api (shop@20260101000000, 1 session since');
    await old.end();
    await expect
      .poll(async () => (await run(project, db, 'migrate')).stdout, { timeout: 10_000 })
      .toBe('shop: applied 1\n');
    expect(await hasNote(db)).toBe(false);
    expect(await run(project, db, 'drift')).toMatchObject({ exit: 0 });
  });

  test('a build that knows the contract, another domain, another database and programs of no build hold nothing back', async () => {
    const { db, project } = await deployed();
    await using elsewhere = await emptyDatabase(server);
    await connected(db, `api shop@${CONTRACT.slice(0, 14)}`);
    await connected(db, 'api billing@20260101000000');
    await connected(db, 'psql');
    await connected(elsewhere, 'api shop@20260101000000');
    expect(await project.migrate(db.url)).toMatchObject({ applied: [{ name: EXPAND }, { name: CONTRACT }], held: [] });
  });

  test('what touches another table goes on behind a held contract, which is late then and no decision', async () => {
    const { db, project } = await deployed();
    await project.write(OTHER, 'CREATE TABLE shop.tags (id int)');
    const old = await connected(db, 'worker shop@20260101000000');
    expect(await project.migrate(db.url)).toMatchObject({
      applied: [{ name: EXPAND }, { name: OTHER }],
      held: [{ name: CONTRACT }],
    });
    await old.end();
    await expect
      .poll(async () => (await project.migrate(db.url)).applied, { timeout: 10_000 })
      .toMatchObject([{ name: CONTRACT, late: true }]);
  });

  test('what touches the same table stops with nothing changed, and names the builds; a person may let the contract go', async () => {
    const { db, project } = await deployed();
    await project.write(SAME, 'ALTER TABLE shop.orders ADD COLUMN total int');
    await connected(db, 'api shop@20260101000000');
    const stopped = await run(project, db, 'migrate', '--json');
    expect(stopped.exit).toBe(4);
    expect(JSON.parse(stopped.stdout)).toMatchObject({
      code: 'DB_CONTRACT_HELD',
      error: { changed: 'nothing was changed', message: expect.stringContaining('api (shop@20260101000000') },
    });
    expect(await db.sql`SELECT name FROM migrations.applied`).toEqual([{ name: FIRST }]);
    expect(await run(project, db, 'migrate', '--allow-contract', 'nothing')).toMatchObject({ exit: 64 });
    expect(await run(project, db, 'migrate', '--allow-contract', CONTRACT)).toMatchObject({ exit: 0 });
    expect(await hasNote(db)).toBe(false);
  });
});
