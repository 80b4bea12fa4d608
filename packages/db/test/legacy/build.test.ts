import type { Sql } from 'postgres';
import { describe, expect, test } from 'vitest';
import { servers } from '../support/database.ts';
import { beds } from './beds.ts';
import { buildBed } from './build.ts';

describe.each(servers())('legacy beds on PostgreSQL $version', ({ url: server }) => {
  test.each(beds)('$domain: has at least 10,000 rows, and its application works on them', async (bed) => {
    await using database = await buildBed(bed, server);
    const counts = await Promise.all(bed.tables.map((table) => countOf(database.sql, table)));
    expect(counts.reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(10_000);
    expect(Math.min(...counts)).toBeGreaterThan(0);
    const { start, round, trace } = bed.application;
    for (const statement of [...start, ...start]) await database.sql.unsafe(statement);
    for (const n of [1, 2, 3])
      for (const { text, values } of round(n)) await database.sql.unsafe(text, [...(values ?? [])]);
    const { table, where } = trace(2);
    expect(await countOf(database.sql, `${table} WHERE ${where}`)).toBe(1);
  });

  test.each(beds)('$domain: six and more variants can be had, each unlike the production bed', async (bed) => {
    expect(bed.variants.length).toBeGreaterThanOrEqual(6);
    await using plain = await buildBed(bed, server);
    const production = await outlineOf(plain.sql);
    const outlines = new Map<string, string>([[production, 'production']]);
    for (const variant of bed.variants) {
      await using database = await buildBed(bed, server, variant);
      const outline = await outlineOf(database.sql);
      expect(outlines.get(outline), variant.name).toBeUndefined();
      outlines.set(outline, variant.name);
    }
  });
});

test.each(beds)('$domain: the rows are awkward', async (bed) => {
  await using database = await buildBed(bed, servers().at(-1)?.url ?? '');
  expect(await awkwardnessOf(database.sql, bed.tables)).toEqual({
    nulls: true,
    unicode: true,
    longText: true,
    duplicates: true,
    summerTime: true,
    winterTime: true,
    oddJson: bed.domain !== 'video',
  });
});

async function countOf(sql: Sql, from: string): Promise<number> {
  const [row] = await sql.unsafe<{ n: number }[]>(`SELECT count(*)::int AS n FROM ${from}`);
  return row?.n ?? 0;
}

/** Which kinds of awkward values are in the rows, all tables taken together. */
async function awkwardnessOf(sql: Sql, tables: readonly string[]) {
  const rows = tables
    .map((name) => `SELECT to_jsonb(t) AS r, ctid, '${name}' AS name FROM ${name} AS t`)
    .join(' UNION ALL ');
  const [found] = await sql.unsafe(`
    WITH rows AS (${rows}), cells AS (SELECT name, ctid, c.key, c.value FROM rows, jsonb_each(r) AS c)
    SELECT bool_or(value = 'null') AS nulls, bool_or(value::text ~ '[^\\x01-\\x7f]') AS unicode,
      bool_or(length(value::text) > 2000) AS "longText",
      EXISTS (SELECT FROM cells GROUP BY name, key, value HAVING count(*) > 1 AND value <> 'null') AS duplicates,
      bool_or(value::text LIKE '"2026-03-29T01:%') AS "summerTime", bool_or(value::text LIKE '"2026-10-25T01:%') AS "winterTime",
      bool_or(jsonb_typeof(value) = 'array' AND value @> '[[1]]') AS "oddJson"
    FROM cells`);
  return found === undefined ? undefined : { ...found };
}

/** The catalog and the row counts as one text. */
async function outlineOf(sql: Sql): Promise<string> {
  const rows = await sql`
    SELECT c.oid::regclass::text AS name, c.relkind::text AS kind,
      CASE WHEN c.relkind = 'i' THEN (SELECT pg_get_indexdef(i.indexrelid) || i.indisvalid FROM pg_index AS i WHERE i.indexrelid = c.oid) END AS index,
      obj_description(c.oid) AS comment,
      (SELECT string_agg(format('%s %s %s %s', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)), ',' ORDER BY a.attnum)
        FROM pg_attribute AS a LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
      (SELECT string_agg(conname || pg_get_constraintdef(oid), ',' ORDER BY conname) FROM pg_constraint WHERE conrelid = c.oid) AS constraints,
      CASE WHEN c.relkind = 'r' THEN query_to_xml('SELECT count(*) FROM ' || c.oid::regclass, false, true, '')::text END AS count
    FROM pg_class AS c
    WHERE c.relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    ORDER BY 1`;
  const labels =
    await sql`SELECT enumtypid::regtype::text AS name, enumlabel AS label FROM pg_enum ORDER BY enumtypid, enumsortorder`;
  return JSON.stringify([rows, labels]);
}
