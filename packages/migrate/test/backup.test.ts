import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import { describe, expect, onTestFinished, test } from 'vitest';
import { compareCatalogs, readCatalog } from '../src/index.ts';
import { backUp, runDb, temporaryFolder } from './support/backups.ts';
import { contentsOf } from './support/contents.ts';
import { type Database, emptyDatabase } from './support/database.ts';
import { backupWays } from './support/pg-dump.ts';
import { createProject, type Project } from './support/project.ts';
import { ROWS, SHAPES } from './support/shapes.ts';

const NOT_VALID = {
  '20260107000000_not_valid': 'ALTER TABLE shop.heads ADD CONSTRAINT heads_id CHECK (id > 0) NOT VALID',
};

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
      const ended = await runDb(project, restored.url, 'restore', folder, '--json');
      expect(ended, ended.stdout).toMatchObject({ exit: 0 });
      expect(JSON.parse(ended.stdout).domains).toMatchObject([{ tool: way, differences: [], missingRoles: [] }]);
      expect(await wholeOf(restored)).toEqual(await wholeOf(database));
      expect(await runDb(project, restored.url, 'drift')).toMatchObject({ exit: 0 });
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
      expect(await runDb(project, restored.url, 'restore', folder)).toMatchObject({ exit: 0 });
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
      const ended = await runDb(project, other.url, 'restore', folder, '--to', name);
      expect(ended, ended.stderr).toMatchObject({ exit: 0, stdout: expect.stringContaining('made for it') });
      const url = Object.assign(new URL(newest), { pathname: `/${name}` }).href;
      expect(await runDb(project, url, 'drift')).toMatchObject({ exit: 0 });
    } finally {
      await other.sql.unsafe(`DROP DATABASE IF EXISTS ${name}`);
    }
  });

  test('an owner backs up and restores what no policy hides from him; privileges of roles that are here come back', async () => {
    const [owner, reader, absent] = ['owner', 'reader', 'absent'].map(
      (kind) => `backup_${kind}_${process.pid}_${version}`,
    );
    await using database = await emptyDatabase(server);
    await using restored = await emptyDatabase(server);
    const project = await createProject({ ...SHAPES });
    await project.writeConfig();
    for (const role of [owner, reader, absent])
      await database.sql.unsafe(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
    try {
      await database.sql.unsafe(`ALTER ROLE ${owner} BYPASSRLS`);
      const as = ({ url }: Database) => Object.assign(new URL(url), { username: owner ?? '', password: 'secret' }).href;
      for (const { sql, url } of [database, restored])
        await sql.unsafe(`GRANT CREATE ON DATABASE "${new URL(url).pathname.slice(1)}" TO ${owner}`);
      await project.migrate(as(database));
      for (const statement of ROWS) await database.sql.unsafe(statement);
      await database.sql.unsafe(`GRANT USAGE ON SCHEMA shop TO ${reader}, ${absent}; GRANT SELECT (id, remark) ON shop.orders TO ${reader};
        GRANT SELECT, INSERT ON shop.plans TO ${reader} WITH GRANT OPTION; REVOKE EXECUTE ON FUNCTION shop.label FROM PUBLIC;
        ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA shop GRANT SELECT ON TABLES TO ${reader}`);
      await database.sql.unsafe(`ALTER ROLE ${owner} NOBYPASSRLS`);
      const hidden = await runDb(project, as(database), 'backup', '--with', 'driver', '--out', await temporaryFolder());
      expect(hidden).toMatchObject({ exit: 4, stderr: expect.stringContaining('DB_PRIVILEGE') });
      await database.sql.unsafe(`ALTER ROLE ${owner} BYPASSRLS`);
      const folder = await backUp(project, as(database), '--with', 'driver');
      await database.sql.unsafe(`DROP OWNED BY ${absent}; DROP ROLE ${absent}`);
      const ended = await runDb(project, as(restored), 'restore', folder, '--json');
      expect(ended, ended.stdout).toMatchObject({ exit: 0 });
      expect(JSON.parse(ended.stdout).domains).toMatchObject([{ missingRoles: [absent] }]);
      expect(await contentsOf(restored.sql, 'shop')).toEqual(await contentsOf(database.sql, 'shop'));
      const can = (sql: Database['sql']) => sql`
        SELECT has_column_privilege(${reader ?? ''}, 'shop.orders', 'remark', 'SELECT') AS remark,
          has_column_privilege(${reader ?? ''}, 'shop.orders', 'cents', 'SELECT') AS cents,
          has_table_privilege(${reader ?? ''}, 'shop.plans', 'INSERT WITH GRANT OPTION') AS plans,
          has_function_privilege(${reader ?? ''}, 'shop.label(bigint)', 'EXECUTE') AS label,
          (SELECT defaclacl::text FROM pg_default_acl WHERE defaclnamespace = 'shop'::regnamespace) AS defaults`;
      expect([...(await can(restored.sql))]).toEqual([...(await can(database.sql))]);
      expect([...(await can(restored.sql))]).toMatchObject([{ remark: true, cents: false, plans: true, label: false }]);
    } finally {
      for (const { sql } of [database, restored]) {
        for (const role of [owner, reader]) await sql.unsafe(`DROP OWNED BY ${role} CASCADE`);
      }
      for (const role of [owner, reader, absent]) await database.sql.unsafe(`DROP ROLE IF EXISTS ${role}`);
      await project[Symbol.asyncDispose]();
    }
  });

  test('the folder and its files are for nobody else, and no password is in them or in what is printed', async () => {
    const { project, database } = await filled();
    const ended = await runDb(project, database.url, 'backup', '--json', '--out', await temporaryFolder());
    const [{ folder }] = JSON.parse(ended.stdout).domains;
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(3);
    for (const { parentPath, name } of files) expect((await stat(join(parentPath, name))).mode & 0o077).toBe(0);
    const { password } = new URL(database.url);
    expect(`${ended.stdout}${ended.stderr}`).not.toContain(password);
  });
});
