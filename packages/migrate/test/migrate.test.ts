import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import { describe, expect, test } from 'vitest';
import { checksum } from '../src/files/normalize.ts';
import { emptyDatabase } from './support/database.ts';
import { createProject } from './support/project.ts';

const ORDERS =
  'CREATE SCHEMA shop;\nCREATE TABLE shop.orders (id int PRIMARY KEY, total int);\nCREATE TABLE shop.users (id int PRIMARY KEY);\nINSERT INTO shop.orders SELECT n, n FROM generate_series(1, 1000) n;';
const A = '20260101000000_a';
const B = '20260102000000_b';
const C = '20260103000000_c';

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('a second run changes nothing', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: ORDERS });
    expect((await project.migrate(db.url)).applied.map(({ name }) => name)).toEqual([A]);
    const before = await db.sql`SELECT * FROM migrations.applied`;
    expect((await project.migrate(db.url)).applied).toEqual([]);
    expect(await db.sql`SELECT * FROM migrations.applied`).toEqual(before);
    expect(before[0]).toMatchObject({ domain: 'shop', name: A, late: false, app_version: null });
  });

  test('a dry run says what would run and how, and changes nothing, not even the history schema', async () => {
    await using db = await emptyDatabase(server);
    const steps = '-- db: no-transaction\n-- db: after-backfill fill\nCREATE INDEX CONCURRENTLY b ON shop.orders (id)';
    await using project = await createProject({ [A]: ORDERS, [B]: steps });
    expect(await project.migrate(db.url, { dryRun: true })).toMatchObject({
      dryRun: true,
      applied: [],
      wouldApply: [
        { name: A, late: false, how: 'transaction', afterBackfills: [], sql: ORDERS },
        { name: B, late: false, how: 'statement by statement', afterBackfills: ['fill'], sql: steps },
      ],
    });
    expect(await db.sql`SELECT nspname FROM pg_namespace WHERE nspname IN ('shop', 'migrations')`).toEqual([]);
  });

  test('a placeholder for the purpose is refused while the file may still be written, and an applied one is left alone', async () => {
    await using db = await emptyDatabase(server);
    const unsaid = '-- B.\n-- Purpose: say what changes and why.\n';
    await using project = await createProject({ [A]: ORDERS, [B]: `${unsaid}CREATE TABLE shop.b ()` });
    await expect(project.migrate(db.url)).rejects.toMatchObject({
      code: 'DB_FILE_PURPOSE',
      exit: 4,
      facts: { at: `migrations/${B}/migration.sql`, changed: 'nothing was changed' },
    });
    await expect(project.migrate(db.url, { dryRun: true })).rejects.toMatchObject({ code: 'DB_FILE_PURPOSE' });
    expect(await db.sql`SELECT nspname FROM pg_namespace WHERE nspname IN ('shop', 'migrations')`).toEqual([]);
    expect((await project.migrate(db.url, { to: A })).applied).toMatchObject([{ name: A }]);
    await project.write(B, '-- Purpose: b.\nCREATE TABLE shop.b ()');
    expect((await project.migrate(db.url)).applied).toMatchObject([{ name: B }]);
    await project.write(C, 'CREATE TABLE shop.c ()');
    const text = `${unsaid}CREATE TABLE shop.b ()`;
    await project.write(B, text);
    await db.sql`UPDATE migrations.applied SET checksum = ${checksum(text)} WHERE name = ${B}`;
    expect((await project.migrate(db.url)).applied).toMatchObject([{ name: C }]);
  });

  test('--to stops there and says what is left', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: ORDERS, [B]: 'ALTER TABLE shop.orders ADD COLUMN b int' });
    expect(await project.migrate(db.url, { to: A })).toMatchObject({ applied: [{ name: A }], left: [B] });
    await expect(project.migrate(db.url, { to: 'nothing' })).rejects.toMatchObject({ code: 'DB_MIGRATION_UNKNOWN' });
  });

  test('a statement that fails midway leaves nothing of its migration, and names file, line, statement and SQLSTATE', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({
      [A]: ORDERS,
      [B]: 'ALTER TABLE shop.orders ADD COLUMN b int;\n\nINSERT INTO shop.orders (id)\nVALUES (1);',
    });
    await expect(project.migrate(db.url)).rejects.toMatchObject({
      code: 'DB_STATEMENT',
      facts: {
        at: `migrations/${B}/migration.sql:3`,
        sqlState: '23505',
        domain: 'shop',
        changed: 'nothing of this migration was kept',
      },
    });
    expect(await db.sql`SELECT name FROM migrations.applied`).toEqual([{ name: A }]);
    expect(
      await db.sql`SELECT attname FROM pg_attribute WHERE attrelid = 'shop.orders'::regclass AND attname = 'b'`,
    ).toEqual([]);
    expect(await db.sql`SELECT event FROM migrations.journal WHERE name = ${B}`).toEqual([{ event: 'failed' }]);
  });

  test('an edited, a missing, and a malformed file are refused before anything runs', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: ORDERS, [B]: 'ALTER TABLE shop.orders ADD COLUMN b int' });
    await project.migrate(db.url);
    await project.write(C, 'ALTER TABEL shop.orders ADD COLUMN c int');
    await expect(project.migrate(db.url)).rejects.toMatchObject({ code: 'DB_FILE_SYNTAX' });
    await project.write(C, 'ALTER TABLE shop.orders ADD COLUMN c int');
    await project.write(B, 'ALTER TABLE shop.orders ADD COLUMN b bigint');
    await expect(project.migrate(db.url)).rejects.toMatchObject({ code: 'DB_MIGRATION_EDITED' });
    await project.remove(B);
    await expect(project.migrate(db.url)).rejects.toMatchObject({ code: 'DB_MIGRATION_MISSING' });
    expect(
      await db.sql`SELECT attname FROM pg_attribute WHERE attrelid = 'shop.orders'::regclass AND attname = 'c'`,
    ).toEqual([]);
  });

  test('a late file applies and is journalled as late where it is disjoint, and is a decision where it overlaps', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: ORDERS, [C]: 'ALTER TABLE shop.users ADD COLUMN c int' });
    await project.migrate(db.url);
    await project.write(B, 'ALTER TABLE shop.users ADD COLUMN b int');
    await expect(project.migrate(db.url)).rejects.toMatchObject({
      code: 'DB_MIGRATION_OVERLAP',
      facts: { data: { questions: [{ late: B, applied: C }] } },
      fix: expect.stringContaining(`pnpm db migrate --domain shop --allow-late ${B}`),
    });
    await project.write(B, 'ALTER TABLE shop.orders ADD COLUMN b int');
    expect((await project.migrate(db.url)).applied).toMatchObject([{ name: B, late: true }]);
    expect(await db.sql`SELECT late FROM migrations.applied WHERE name = ${B}`).toEqual([{ late: true }]);
  });

  test('a database of a newer build is no error when nothing is pending', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: ORDERS, [C]: 'ALTER TABLE shop.users ADD COLUMN c int' });
    await project.migrate(db.url);
    await project.remove(C);
    expect(await project.migrate(db.url)).toMatchObject({ applied: [], ahead: [C] });
    await project.write(B, 'SELECT 1');
    await expect(project.migrate(db.url)).rejects.toMatchObject({ code: 'DB_MIGRATION_FORKED' });
  });

  test('an enum value added by one migration is used by the next, from an empty database', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({
      [A]: "CREATE SCHEMA shop; CREATE TYPE shop.mood AS ENUM ('sad'); CREATE TABLE shop.people (mood shop.mood)",
      [B]: "ALTER TYPE shop.mood ADD VALUE 'happy'",
      [C]: "INSERT INTO shop.people VALUES ('happy')",
    });
    expect((await project.migrate(db.url)).applied).toHaveLength(3);
  });

  test.each([
    ['older', '20250101000000_theirs', 'DB_MIGRATION_MISSING'],
    ['newer', '20270101000000_theirs', 'DB_MIGRATION_FORKED'],
  ])(
    'a second configuration that claims the domain with a history of its own, %s than ours, is refused',
    async (_, theirs, code) => {
      await using db = await emptyDatabase(server);
      await using first = await createProject({ [theirs]: 'CREATE SCHEMA shop' });
      await first.migrate(db.url);
      await using second = await createProject({ '20260101000000_ours': 'CREATE TABLE intruder (id int)' });
      await expect(second.migrate(db.url)).rejects.toMatchObject({ code, facts: { changed: 'nothing was changed' } });
      expect([...(await db.sql`SELECT name FROM migrations.applied`)]).toEqual([{ name: theirs }]);
      expect([...(await db.sql`SELECT to_regclass('intruder') AS found`)]).toEqual([{ found: null }]);
    },
  );

  test('a schema "migrations" of another tool is left alone', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: ORDERS });
    await db.sql`CREATE SCHEMA migrations`;
    await db.sql`CREATE TABLE migrations.pgmigrations (id int)`;
    await expect(project.migrate(db.url)).rejects.toMatchObject({ code: 'DB_HISTORY_FOREIGN' });
    expect(await db.sql`SELECT nspname FROM pg_namespace WHERE nspname = 'shop'`).toEqual([]);
  });

  test('a role without CREATE on the database is told the GRANT', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: ORDERS });
    const url = new URL(db.url);
    const role = `poor_${url.pathname.slice(1, 40)}`;
    await db.sql.unsafe(`CREATE ROLE ${role} LOGIN PASSWORD 'poor'`);
    try {
      url.username = role;
      url.password = 'poor';
      await expect(project.migrate(url.href)).rejects.toMatchObject({
        code: 'DB_PRIVILEGE',
        fix: expect.stringContaining(`GRANT CREATE ON DATABASE`),
      });
      // Also where a statement of a migration is refused.
      await db.sql.unsafe(
        `GRANT CREATE ON DATABASE "${url.pathname.slice(1)}" TO ${role}; CREATE TABLE public.theirs ()`,
      );
      await project.write(A, 'CREATE SCHEMA shop; CREATE TABLE shop.ours AS TABLE public.theirs');
      await expect(project.migrate(url.href)).rejects.toMatchObject({
        code: 'DB_PRIVILEGE',
        fix: `as the owner: GRANT ALL ON TABLE public.theirs TO "${role}"`,
      });
    } finally {
      await db.sql.unsafe(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  test.each([
    ['a schema', 'CREATE SCHEMA shop', 'CREATE SCHEMA shop', '42P06'],
    ['a table', 'CREATE SCHEMA shop; CREATE TABLE shop.t ()', 'CREATE TABLE shop.t ()', '42P07'],
    ['an index', 'CREATE TABLE t (a int); CREATE INDEX i ON t (a)', 'CREATE INDEX i ON t (a)', '42P07'],
    ['a column', 'CREATE TABLE t (a int)', 'ALTER TABLE t ADD COLUMN a int', '42701'],
    ['a type', 'CREATE TYPE t AS ENUM ()', 'CREATE TYPE t AS ENUM ()', '42710'],
    [
      'a constraint',
      'CREATE TABLE t (a int CONSTRAINT c CHECK (a > 0))',
      'ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)',
      '42710',
    ],
    [
      'a function',
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
      '42723',
    ],
  ])(
    '%s that was made outside of the history is said to be that, and what to do with it',
    async (_, byHand, sql, sqlState) => {
      await using db = await emptyDatabase(server);
      await using project = await createProject({ [A]: sql });
      await db.sql.unsafe(byHand);
      await expect(project.migrate(db.url)).rejects.toMatchObject({
        code: 'DB_STATEMENT',
        facts: { sqlState },
        fix: expect.stringMatching(
          new RegExp(`made outside of the history.*drop or rename it.*pnpm db mark applied ${A} --domain shop`),
        ),
      });
    },
  );

  test('a read-only server is refused', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: ORDERS });
    await db.sql.unsafe(`ALTER DATABASE "${new URL(db.url).pathname.slice(1)}" SET default_transaction_read_only = on`);
    await expect(project.migrate(db.url)).rejects.toMatchObject({ code: 'DB_READ_ONLY' });
  });

  test('a statement_timeout of the role is meant for applications: it does not cut a migration', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: `${ORDERS} SELECT pg_sleep(0.3)` });
    await db.sql.unsafe(`ALTER DATABASE "${new URL(db.url).pathname.slice(1)}" SET statement_timeout = '100ms'`);
    expect((await project.migrate(db.url)).applied).toHaveLength(1);
  });

  test('a SET in one migration does not reach the next: the result does not depend on where a run was cut', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({
      [A]: `${ORDERS} SET search_path TO shop; SELECT set_config('shop.left_over', 'yes', false);`,
      [B]: "CREATE TABLE foo (id int); SELECT 1 / (current_setting('shop.left_over', true) IS DISTINCT FROM 'yes')::int",
    });
    await project.migrate(db.url);
    expect(await db.sql`SELECT relnamespace::regnamespace::text AS schema FROM pg_class WHERE relname = 'foo'`).toEqual(
      [{ schema: 'public' }],
    );
  });

  test('row values stay out of the message', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: ORDERS, [B]: 'INSERT INTO shop.orders (id) VALUES (777), (777)' });
    const error = await project.migrate(db.url).catch((caught: Error) => caught);
    expect(String(error)).toContain('Key (id)=(…) already exists');
  });

  test('text that is not UTF-8, a NUL byte, and what is no migration folder are refused, not passed over', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: ORDERS });
    const file = join(project.root, 'migrations', B, 'migration.sql');
    await project.write(B, '');
    for (const [bytes, code] of [
      [Buffer.from("SELECT 'caf\xe9'", 'latin1'), 'DB_FILE_ENCODING'],
      [Buffer.from('CREATE SCHEMA h;\0 SELECT 1'), 'DB_FILE_ENCODING'],
    ] as const) {
      await writeFile(file, bytes);
      await expect(project.migrate(db.url)).rejects.toMatchObject({ code });
    }
    await project.remove(B);
    await writeFile(join(project.root, 'migrations', `${B}.sql`), 'SELECT 1');
    await expect(project.migrate(db.url)).rejects.toMatchObject({ code: 'DB_FILE_NAME' });
    await rm(join(project.root, 'migrations', `${B}.sql`));
    // A link to a folder is a migration like any other.
    await mkdir(join(project.root, 'elsewhere'));
    await writeFile(join(project.root, 'elsewhere', 'migration.sql'), 'SELECT 1');
    await symlink(join(project.root, 'elsewhere'), join(project.root, 'migrations', B));
    expect((await project.migrate(db.url)).applied.map(({ name }) => name)).toEqual([A, B]);
  });
});
