import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import { describe, expect, onTestFinished, test } from 'vitest';
import { compareCatalogs, readCatalog } from '../src/index.ts';
import { contentsOf } from './support/contents.ts';
import { type Database, emptyDatabase } from './support/database.ts';
import { backupWays } from './support/pg-dump.ts';
import { createProject, type Project } from './support/project.ts';
import { type Ended, runMain } from './support/run-main.ts';
import { ROWS, SHAPES } from './support/shapes.ts';

const NOT_VALID = {
  '20260107000000_not_valid': 'ALTER TABLE shop.heads ADD CONSTRAINT heads_id CHECK (id > 0) NOT VALID',
};

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'backup-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const db = (project: Project, url: string, ...args: readonly string[]): Promise<Ended> =>
  runMain(['--config', join(project.root, 'db.config.ts'), ...args, '--url', url], project.root);

async function backUp(project: Project, url: string, ...args: readonly string[]): Promise<string> {
  const ended = await db(project, url, 'backup', '--json', '--out', await temporaryFolder(), ...args);
  expect(ended, ended.stdout).toMatchObject({ exit: 0 });
  return JSON.parse(ended.stdout).domains[0].folder;
}

/** Everything that a restored database must have as the other has it. */
async function wholeOf({ sql }: Pick<Database, 'sql'>) {
  return {
    contents: await contentsOf(sql, 'shop'),
    applied: [...(await sql`SELECT * FROM migrations.applied ORDER BY name`)],
    journal: [
      ...(await sql`SELECT at, by, name, event, detail FROM migrations.journal WHERE event <> 'restored' ORDER BY id`),
    ],
    catalogs: [...(await sql`SELECT domain, base FROM migrations.catalogs`)],
  };
}

const servers = testServers();

describe.each(servers)('PostgreSQL $version', ({ url: server, version }) => {
  async function filled(): Promise<{ project: Project; database: Database }> {
    const project = await createProject(SHAPES);
    await project.writeConfig();
    const database = await emptyDatabase(server);
    onTestFinished(async () => {
      await project[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    });
    await project.migrate(database.url);
    for (const statement of ROWS) await database.sql.unsafe(statement);
    for (const [name, sql] of Object.entries(NOT_VALID)) await project.write(name, sql);
    await project.migrate(database.url);
    return { project, database };
  }

  describe.each(backupWays(version))('$name', ({ way, isHere }) => {
    test.skipIf(!isHere)('every kind of object comes back equal: catalog, rows, sequences, history', async () => {
      const { project, database } = await filled();
      const folder = await backUp(project, database.url, '--with', way);
      await using restored = await emptyDatabase(server);
      const ended = await db(project, restored.url, 'restore', folder, '--json');
      expect(ended, ended.stdout).toMatchObject({ exit: 0 });
      expect(JSON.parse(ended.stdout).domains).toMatchObject([{ tool: way, differences: [], missingRoles: [] }]);
      expect(await wholeOf(restored)).toEqual(await wholeOf(database));
      expect(await db(project, restored.url, 'drift')).toMatchObject({ exit: 0 });
      expect((await project.migrate(restored.url)).applied).toEqual([]);
      if (way === 'driver') {
        const catalog = ({ sql }: Database) => readCatalog(sql, ['shop']);
        expect(compareCatalogs(await catalog(database), await catalog(restored))).toEqual([]);
      }
      // Sequences go on, triggers fire again, keys hold.
      const insert = `INSERT INTO shop.orders (mood, remark) VALUES ('good', 'x') RETURNING id, ticket, remark`;
      expect([...(await restored.sql.unsafe(insert))]).toEqual([
        { id: '5004', ticket: '1000000', remark: 'changed by a trigger' },
      ]);
      await expect(restored.sql`INSERT INTO shop.tails VALUES (3, 99)`).rejects.toMatchObject({ code: '23503' });
      await expect(restored.sql`INSERT INTO shop.heads VALUES (-2, NULL)`).rejects.toMatchObject({ code: '23514' });
    });

    test.skipIf(!isHere)('a backup is one moment, whatever writers do meanwhile', async () => {
      const project = await createProject({
        '20260101000000_a': `CREATE SCHEMA shop; CREATE TABLE shop.debit (n bigint, filler text); CREATE TABLE shop.credit (n bigint, filler text);
          CREATE TABLE shop.middle AS SELECT n, repeat('x', 200) AS filler FROM generate_series(1, 20000) n`,
      });
      onTestFinished(() => project[Symbol.asyncDispose]());
      await project.writeConfig();
      await using database = await emptyDatabase(server);
      await project.migrate(database.url);
      let writing = true;
      let written = 0;
      const writer = async () => {
        for (; writing; written += 1) {
          await database.sql.begin(async (tx) => {
            await tx`INSERT INTO shop.credit VALUES (${written}, 'x')`;
            await tx`INSERT INTO shop.debit VALUES (${written}, 'x')`;
          });
        }
      };
      const writers = [writer(), writer()];
      const folder = await backUp(project, database.url, '--with', way).finally(() => {
        writing = false;
      });
      await Promise.all(writers);
      await using restored = await emptyDatabase(server);
      expect(await db(project, restored.url, 'restore', folder)).toMatchObject({ exit: 0 });
      const count = `SELECT (SELECT count(*)::int FROM shop.debit) AS debit, (SELECT count(*)::int FROM shop.credit) AS credit`;
      const [sides] = await restored.sql.unsafe(count);
      expect(sides?.['debit']).toBe(sides?.['credit']);
      expect(sides?.['debit']).toBeLessThan(written);
      expect(sides?.['debit']).toBeGreaterThan(0);
    });
  });

  test('a backup by the driver goes into a newer server, and into a database that is made for it', async () => {
    const { project, database } = await filled();
    const folder = await backUp(project, database.url, '--with', 'driver');
    const newest = servers.at(-1)?.url ?? server;
    const name = `restored_${process.pid}_${version}`;
    await using other = await emptyDatabase(newest);
    try {
      const ended = await db(project, other.url, 'restore', folder, '--to', name);
      expect(ended, ended.stderr).toMatchObject({ exit: 0, stdout: expect.stringContaining('made for it') });
      const url = Object.assign(new URL(newest), { pathname: `/${name}` }).href;
      expect(await db(project, url, 'drift')).toMatchObject({ exit: 0 });
    } finally {
      await other.sql.unsafe(`DROP DATABASE IF EXISTS ${name}`);
    }
  });

  test('the folder and its files are for nobody else, and no password is in them or in what is printed', async () => {
    const { project, database } = await filled();
    const ended = await db(project, database.url, 'backup', '--json', '--out', await temporaryFolder());
    const [{ folder }] = JSON.parse(ended.stdout).domains;
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(3);
    for (const { parentPath, name } of files) expect((await stat(join(parentPath, name))).mode & 0o077).toBe(0);
    const { password } = new URL(database.url);
    expect(`${ended.stdout}${ended.stderr}`).not.toContain(password);
  });
});
