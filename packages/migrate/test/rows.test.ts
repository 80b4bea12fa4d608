import { testServers } from '@repo/local-postgres/vitest';
import { describe, expect, test } from 'vitest';
import { fillTables } from '../src/rows/fill.ts';
import { emptyDatabase } from './support/database.ts';
import { createProject } from './support/project.ts';
import { SHAPES } from './support/shapes.ts';

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('every table of a history with one of each kind of object gets rows', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject(SHAPES);
    await project.migrate(db.url);
    const filled = await fillTables(db.sql, ['shop'], { rows: () => 3 });
    expect(filled.filter(({ rows }) => rows === 0)).toEqual([]);
    for (const { table, rows } of filled) {
      const [found] = await db.sql.unsafe<{ n: number }[]>(`SELECT count(*)::int AS n FROM ${table}`);
      expect([table, found?.n]).toEqual([table, expect.toSatisfy((n: number) => n >= rows)]);
    }
  });

  test('checks on several columns, on lengths and patterns, keys of several columns and partial unique indexes are respected', async () => {
    await using db = await emptyDatabase(server);
    await db.sql.unsafe(`CREATE SCHEMA s; CREATE DOMAIN s.code AS text CHECK (VALUE ~ '^[A-Z]\\d+$');
      CREATE TABLE s.parents (a int, b text CHECK (char_length(b) = 17), PRIMARY KEY (a, b));
      CREATE TABLE s.children (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int NOT NULL, b text NOT NULL, code s.code NOT NULL,
        status text NOT NULL CHECK (status IN ('open', 'done')), done_at timestamptz, hash varchar(64) NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
        share numeric(3, 2) NOT NULL CHECK (share > 0 AND share <= 1), CHECK ((status = 'done') = (done_at IS NOT NULL)),
        FOREIGN KEY (a, b) REFERENCES s.parents);
      CREATE UNIQUE INDEX ON s.children (a, b) WHERE status = 'done';`);
    const filled = await fillTables(db.sql, ['s'], { rows: (table) => (table === 's.children' ? 5 : 2) });
    expect(filled).toMatchObject([
      { table: 's.parents', rows: 2 },
      { table: 's.children', why: null },
    ]);
    expect(await db.sql`SELECT count(*) > 0 AS filled FROM s.children`).toEqual([{ filled: true }]);
  });

  test('equal seeds give equal rows, many of them in a moment', async () => {
    const contents = async () => {
      await using db = await emptyDatabase(server);
      await db.sql`CREATE SCHEMA s`;
      await db.sql`CREATE TABLE s.t (id int PRIMARY KEY, name text NOT NULL, kind text CHECK (kind IN ('a', 'b')), at timestamptz NOT NULL)`;
      await fillTables(db.sql, ['s'], { rows: () => 50_000 });
      return [...(await db.sql`SELECT count(*)::int AS rows, md5(string_agg(t::text, '' ORDER BY id)) FROM s.t`)];
    };
    const [first, second] = [await contents(), await contents()];
    expect(first).toEqual(second);
    expect(first).toMatchObject([{ rows: 50_000 }]);
  });

  test('a table that no row fits is named with the reason, and the others are filled', async () => {
    await using db = await emptyDatabase(server);
    await db.sql.unsafe(`CREATE SCHEMA s; CREATE TABLE s.never (a int NOT NULL CHECK (a > 1 AND a < 1)); CREATE TABLE s.ever (a int NOT NULL);
      CREATE TABLE s.child (a int NOT NULL, PRIMARY KEY (a));
      ALTER TABLE s.never ADD PRIMARY KEY (a); CREATE TABLE s.orphan (a int NOT NULL REFERENCES s.never)`);
    expect(await fillTables(db.sql, ['s'], { rows: () => 2 })).toMatchObject([
      { table: 's.child', rows: 2 },
      { table: 's.ever', rows: 2 },
      { table: 's.never', rows: 0, why: expect.stringContaining('never_a_check') },
      { table: 's.orphan', rows: 0, why: expect.stringContaining('null value') },
    ]);
  });
});
