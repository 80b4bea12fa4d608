import { createHash } from 'node:crypto';
import { appendFile, cp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Manifest, manifestText } from '../src/backup/manifest.ts';
import { backUp, runDb, temporaryFolder } from './support/backups.ts';
import { type Database, emptyDatabase } from './support/database.ts';
import { PG_DUMP_MAJOR } from './support/pg-dump.ts';
import { createProject, type Project } from './support/project.ts';

const A = '20260101000000_a';
const B = '20260102000000_b';
const FIRST = `CREATE SCHEMA shop; CREATE TABLE shop.orders (id int PRIMARY KEY, note text); CREATE TABLE shop.items (id int REFERENCES shop.orders)`;
const ROWS = `INSERT INTO shop.orders SELECT n, repeat('x', 50) || n FROM generate_series(1, 5000) n; INSERT INTO shop.items SELECT 1`;

async function start(migrations: Readonly<Record<string, string>> = { [A]: FIRST }): Promise<Project> {
  const project = await createProject(migrations);
  onTestFinished(() => project[Symbol.asyncDispose]());
  await project.writeConfig();
  return project;
}

/** Everything that a refused restore must leave as it was. */
async function stateOf({ sql }: Database) {
  const [row] = await sql`
    SELECT (SELECT coalesce(json_agg(nspname ORDER BY nspname), '[]') FROM pg_namespace WHERE nspname !~ '^pg_') AS schemas,
      (SELECT count(*)::int FROM pg_class WHERE oid >= 16384) AS relations`;
  return row;
}

describe.each(testServers())('PostgreSQL $version', ({ url: server, version }) => {
  /** A database with rows, and its backup by the driver: made once. */
  let made: { project: Project; database: Database; whole: string };
  beforeAll(async () => {
    const project = await createProject({ [A]: FIRST });
    await project.writeConfig();
    const database = await emptyDatabase(server);
    await project.migrate(database.url);
    await database.sql.unsafe(ROWS);
    const out = join(project.root, 'backups');
    const { stdout } = await runDb(project, database.url, 'backup', '--with', 'driver', '--json', '--out', out);
    made = { project, database, whole: JSON.parse(stdout).domains[0].folder };
  });
  afterAll(async () => {
    await made.database[Symbol.asyncDispose]();
    await made.project[Symbol.asyncDispose]();
  });

  /** What was made, with a copy of the backup to spoil, and an empty database. */
  async function scene() {
    const empty = await emptyDatabase(server);
    onTestFinished(() => empty[Symbol.asyncDispose]());
    const folder = join(await temporaryFolder(), 'a backup');
    await cp(made.whole, folder, { recursive: true });
    return { ...made, empty, folder };
  }

  type Spoil = (folder: string) => Promise<void>;
  type Edit = (manifest: Record<string, unknown>) => object;
  /** As if the backup had been written so. */
  const editManifest =
    (edit: Edit): Spoil =>
    async (folder) => {
      const file = join(folder, 'manifest.json');
      const { seal: _, ...manifest } = JSON.parse(await readFile(file, 'utf8'));
      await writeFile(file, manifestText(edit(manifest) as Manifest));
    };
  /** As somebody does who opens it in an editor. */
  const editByHand =
    (edit: Edit): Spoil =>
    async (folder) => {
      const file = join(folder, 'manifest.json');
      await writeFile(file, JSON.stringify(edit(JSON.parse(await readFile(file, 'utf8')))));
    };
  const tablesOf = (manifest: Record<string, unknown>) => manifest['tables'] as readonly { readonly rows: number }[];
  const spoilt: readonly (readonly [string, string, Spoil])[] = [
    ['has no manifest', 'DB_BACKUP_MANIFEST', (folder) => rm(join(folder, 'manifest.json'))],
    ['has half a manifest', 'DB_BACKUP_MANIFEST', (folder) => truncate(join(folder, 'manifest.json'), 100)],
    ['is of another format', 'DB_BACKUP_MANIFEST', editManifest((manifest) => ({ ...manifest, format: 3 }))],
    [
      'has a manifest of a wrong shape',
      'DB_BACKUP_MANIFEST',
      editManifest((manifest) => ({ ...manifest, tables: [{}] })),
    ],
    [
      'leads out of its folder',
      'DB_BACKUP_MANIFEST',
      editManifest((manifest) => ({ ...manifest, files: [{ path: '../x', bytes: 1, sha256: 'x' }] })),
    ],
    ['has a file without checksum', 'DB_BACKUP_MANIFEST', editManifest((manifest) => ({ ...manifest, files: [] }))],
    ['lacks a file', 'DB_BACKUP_DAMAGED', (folder) => rm(join(folder, 'rows/0002.copy.gz'))],
    ['was cut', 'DB_BACKUP_DAMAGED', (folder) => truncate(join(folder, 'rows/0002.copy.gz'), 500)],
    ['grew', 'DB_BACKUP_DAMAGED', (folder) => appendFile(join(folder, 'history.json'), ' ')],
    ['was changed', 'DB_BACKUP_DAMAGED', (folder) => replaceIn(join(folder, `migrations/${A}.sql`), 'note', 'nose')],
    ['is of another domain', 'DB_BACKUP_DOMAIN', editManifest((manifest) => ({ ...manifest, domain: 'bot' }))],
    [
      'is of a newer server',
      'DB_BACKUP_SERVER',
      editManifest((manifest) => ({ ...manifest, server: { version: '99.1', major: 99 } })),
    ],
    [
      'is of an old engine that counted wrong',
      'DB_RESTORE_DIFFERS',
      editManifest((manifest) => ({
        ...manifest,
        tables: tablesOf(manifest).map((table) => ({ ...table, rows: table.rows + 1 })),
      })),
    ],
    [
      'has a row count that was edited',
      'DB_BACKUP_DAMAGED',
      editByHand((manifest) => ({ ...manifest, tables: tablesOf(manifest).map((table) => ({ ...table, rows: 1 })) })),
    ],
    [
      'had a table taken out of its manifest, whose rows would be lost',
      'DB_BACKUP_DAMAGED',
      editByHand((manifest) => ({ ...manifest, tables: tablesOf(manifest).slice(1) })),
    ],
    [
      'is said to be of an older server',
      'DB_BACKUP_DAMAGED',
      editByHand((manifest) => ({ ...manifest, server: { version: '14.1', major: 14 } })),
    ],
    ['lost its seal', 'DB_BACKUP_DAMAGED', editByHand(({ seal: _, ...manifest }) => manifest)],
  ];

  test.each(spoilt)('a backup that %s is refused with %s and nothing is changed', async (_, code, spoil) => {
    const { project, empty, folder } = await scene();
    const before = await stateOf(empty);
    await spoil(folder);
    const { exit, stdout } = await runDb(project, empty.url, 'restore', folder, '--json');
    expect(JSON.parse(stdout), stdout).toMatchObject({ ok: false, code, error: { fix: expect.any(String) } });
    expect(exit).toBe(code === 'DB_RESTORE_DIFFERS' ? 1 : 4);
    expect(await stateOf(empty)).toEqual(before);
  });

  test('a backup from before there were seals is restored as ever', async () => {
    const { project, empty, folder } = await scene();
    await editByHand(({ seal: _, ...manifest }) => ({ ...manifest, format: 1 }))(folder);
    expect(await runDb(project, empty.url, 'restore', folder)).toMatchObject({ exit: 0 });
    expect([...(await empty.sql`SELECT count(*)::int AS n FROM shop.orders`)]).toEqual([{ n: 5000 }]);
  });

  test('a database that was made for a restore goes with it where it fails', async () => {
    const { project, empty, folder } = await scene();
    await editManifest((manifest) => ({ ...manifest, server: { version: '99.1', major: 99 } }))(folder);
    const name = `never_${process.pid}_${version}`;
    expect((await runDb(project, empty.url, 'restore', folder, '--to', name)).exit).toBe(4);
    expect([...(await empty.sql`SELECT FROM pg_database WHERE datname = ${name}`)]).toEqual([]);
  });

  async function replaceIn(file: string, from: string, to: string): Promise<void> {
    await writeFile(file, (await readFile(file, 'utf8')).replace(from, to));
  }

  test('a row that the server refuses, also the last one, is one clear error, and nothing is kept', async () => {
    const { project, empty, folder } = await scene();
    const before = await stateOf(empty);
    // The schema that the backup is built with takes no such row: as if somebody had mixed two backups.
    const file = join(folder, `migrations/${A}.sql`);
    const text = (await readFile(file, 'utf8')).replace('note text', 'note text CHECK (id < 5000)');
    await writeFile(file, text);
    const sha256 = createHash('sha256').update(text).digest('hex');
    await editManifest((manifest) => ({
      ...manifest,
      files: (manifest['files'] as { path: string }[]).map((entry) =>
        entry.path === `migrations/${A}.sql` ? { ...entry, bytes: Buffer.byteLength(text), sha256 } : entry,
      ),
    }))(folder);
    const { exit, stdout } = await runDb(project, empty.url, 'restore', folder, '--json');
    expect(exit, stdout).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      code: 'DB_RESTORE',
      error: { at: '"shop"."orders"', sqlState: '23514', changed: expect.stringContaining('nothing') },
    });
    expect(await stateOf(empty)).toEqual(before);
  });

  test('a database that has the schema, or only its history, is refused', async () => {
    const { project, database, empty, folder } = await scene();
    const refused = await runDb(project, database.url, 'restore', folder);
    expect(refused).toMatchObject({ exit: 4, stderr: expect.stringContaining('DB_RESTORE_NOT_EMPTY') });
    expect([...(await database.sql`SELECT count(*)::int AS n FROM shop.orders`)]).toEqual([{ n: 5000 }]);
    expect(await runDb(project, empty.url, 'restore', folder)).toMatchObject({ exit: 0 });
    await empty.sql`DROP SCHEMA shop CASCADE`;
    expect(await runDb(project, empty.url, 'restore', folder)).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining('a history of 1 applied migrations'),
    });
  });

  test('a database without the domain is no backup', async () => {
    await using empty = await emptyDatabase(server);
    const project = await start();
    const out = await temporaryFolder();
    expect(await runDb(project, empty.url, 'backup', '--out', out)).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('DB_BACKUP_EMPTY'),
    });
    expect(await readdir(out)).toEqual([]);
  });

  const unfit: readonly (readonly [string, string, (project: Project, database: Database) => Promise<unknown>])[] = [
    ['drift that holds rows', 'DB_DRIFT', (_, { sql }) => sql`ALTER TABLE shop.orders ADD COLUMN more int`],
    [
      'drift that rows were let in by',
      'DB_DRIFT',
      (_, { sql }) => sql`ALTER TABLE shop.items DROP CONSTRAINT items_id_fkey`,
    ],
    ['an edited file', 'DB_MIGRATION_EDITED', (project) => project.write(A, `${FIRST}; SELECT 1`)],
    [
      'a file that is gone',
      'DB_MIGRATION_MISSING',
      async (project) => {
        await project.remove(A);
        await project.write(B, 'SELECT 1');
      },
    ],
    ['a database of a newer build', 'DB_AHEAD', (project) => project.remove(A)],
    ['a catalog that nobody recorded', 'DB_NOT_RECORDED', (_, { sql }) => sql`DELETE FROM migrations.catalogs`],
    [
      'a half-done migration',
      'DB_HALF_DONE',
      async (project, { url }) => {
        await project.write(
          B,
          '-- db: no-transaction\nCREATE TABLE shop.first (id int);\nCREATE UNIQUE INDEX CONCURRENTLY one ON shop.orders ((id / 10))',
        );
        await expect(project.migrate(url, { preflight: false })).rejects.toMatchObject({ code: 'DB_STEP' });
      },
    ],
    [
      'a migration that no transaction takes',
      'DB_BACKUP_REPLAY',
      async (project, { url }) => {
        await project.write(B, '-- db: no-transaction\nDROP DATABASE IF EXISTS never_there');
        await project.migrate(url);
      },
    ],
  ];

  test.each(unfit)(
    'the driver refuses %s with %s and writes nothing; pg_dump, where it is, takes it',
    async (_, code, make) => {
      await using database = await emptyDatabase(server);
      const project = await start();
      await project.migrate(database.url);
      await database.sql.unsafe(ROWS);
      await make(project, database);
      const out = await temporaryFolder();
      const { stdout } = await runDb(
        project,
        database.url,
        'backup',
        '--with',
        'driver',
        '--allow-drift',
        '--out',
        out,
        '--json',
      );
      expect(JSON.parse(stdout), stdout).toMatchObject({ ok: false, code });
      expect(await readdir(out)).toEqual([]);
      if (PG_DUMP_MAJOR < version) return;
      const folder = await backUp(project, database.url);
      await using restored = await emptyDatabase(server);
      const back = await runDb(project, restored.url, 'restore', folder, '--json');
      expect(back, back.stdout).toMatchObject({ exit: 0 });
      expect(JSON.parse(back.stdout).domains).toMatchObject([{ tool: 'pg_dump', differences: [] }]);
    },
  );

  test('drift without rows is named, left out where it was allowed, and the restored database lacks it', async () => {
    const { project, database, empty } = await scene();
    await database.sql`CREATE INDEX by_hand ON shop.orders (note)`;
    onTestFinished(() => database.sql`DROP INDEX shop.by_hand`.then(() => {}));
    const drifted = await runDb(project, database.url, 'backup', '--with', 'driver', '--out', await temporaryFolder());
    expect(drifted).toMatchObject({ exit: 2, stderr: expect.stringContaining('index shop.by_hand is unexpected') });
    const folder = await backUp(project, database.url, '--with', 'driver', '--allow-drift');
    const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
    expect(manifest.lost).toEqual([
      { object: 'index shop.by_hand', definition: expect.stringContaining('CREATE INDEX') },
    ]);
    expect(await runDb(project, empty.url, 'restore', folder)).toMatchObject({ exit: 0 });
    expect(await runDb(project, empty.url, 'drift')).toMatchObject({ exit: 0 });
  });

  test('a catalog that comes back otherwise stops the restore, and is named where it was allowed', async () => {
    const { project, empty, folder } = await scene();
    await empty.sql.unsafe(`
      CREATE FUNCTION public.meddle() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
        IF to_regclass('shop.items') IS NOT NULL THEN COMMENT ON TABLE shop.items IS 'meddled'; END IF;
      END $$;
      CREATE EVENT TRIGGER meddle ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION public.meddle()`);
    const refused = await runDb(project, empty.url, 'restore', folder);
    expect(refused).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('comment table shop.items is unexpected'),
    });
    const allowed = await runDb(project, empty.url, 'restore', folder, '--allow-drift', '--json');
    expect(allowed.exit, allowed.stdout).toBe(0);
    expect(JSON.parse(allowed.stdout).domains).toMatchObject([
      { differences: ['comment table shop.items is unexpected'] },
    ]);
    expect((await runDb(project, empty.url, 'drift')).exit).toBe(2);
  });

  test.skipIf(PG_DUMP_MAJOR >= version)(
    'a pg_dump that is not there or too old is an error only where it was asked for',
    async () => {
      const { project, database } = await scene();
      const asked = await runDb(project, database.url, 'backup', '--with', 'pg_dump', '--out', await temporaryFolder());
      expect(asked).toMatchObject({ exit: 1, stderr: expect.stringContaining(`expected pg_dump ${version} or newer`) });
      const folder = await backUp(project, database.url);
      expect(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))).toMatchObject({ tool: 'driver' });
    },
  );
});
