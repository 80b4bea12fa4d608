import { consolidateDomain, parseTarget } from '@repo/migrate';
import type { Sql } from 'postgres';
import { describe, expect, test } from 'vitest';
import config from '../../db.config.ts';
import { emptyDatabase, servers } from '../support/database.ts';
import type { Bed, Variant } from './bed.ts';
import { beds } from './beds.ts';
import { buildBed } from './build.ts';
import { everyVariant, sampleOf } from './sample.ts';

const [oldest, newest] = [servers().at(0)?.url ?? '', servers().at(-1)?.url ?? ''];

describe('a legacy database of its own, on an older server, is copied into ours', () => {
  test.each(beds)('$domain: every table arrives whole, with keys, indexes, checks and sequences', async (bed) => {
    for (const variant of [undefined, ...(everyVariant() ? bed.variants : [])]) await arrivesWhole(bed, variant);
  });

  test('so does one that differs from the production beds', async () => {
    const all = beds.flatMap((bed) => bed.variants.map((variant) => ({ bed, variant })));
    for (const { bed, variant } of sampleOf(all, 2)) await arrivesWhole(bed, variant);
  });
});

async function arrivesWhole(bed: Bed, variant: Variant | undefined): Promise<void> {
  await using source = await buildBed(bed, oldest, variant);
  await using target = await emptyDatabase(newest);
  const report = await consolidateDomain(domainOf(bed), optionsOf(source.url, target.url));
  const tables = report?.tables.map(({ table }) => table) ?? [];
  const staging = `${bed.domain}_legacy`;
  expect(tables.length, variant?.name).toBeGreaterThan(0);
  for (const table of tables) {
    const there = await contentOf(source.sql, `public.${table}`);
    expect(await contentOf(target.sql, `${staging}.${table}`), `${variant?.name} ${table}`).toEqual(there);
  }
  expect(await definitionsOf(target.sql, staging, tables), variant?.name).toEqual(
    await definitionsOf(source.sql, 'public', tables),
  );
  expect(await nextOf(target.sql, staging), variant?.name).toEqual(await nextOf(source.sql, 'public'));
}

const domainOf = ({ domain }: Bed) => {
  const found = config.domains.find(({ name }) => name === domain);
  if (found === undefined) throw new Error(`no domain ${domain}`);
  return found;
};

function optionsOf(source: string, target: string) {
  return {
    source: parseTarget(source, 'test'),
    target: parseTarget(target, 'test'),
    domains: config.domains,
    lock: { waitMs: 1000, onWait: () => {} },
  };
}

async function contentOf(sql: Sql, table: string) {
  const [row] = await sql.unsafe(
    `SELECT count(*)::int AS rows, md5(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE "C")) AS sum FROM ${table} AS t`,
  );
  return { ...row };
}

/** Columns, constraints and valid indexes, in words that name no schema. */
async function definitionsOf(sql: Sql, schema: string, tables: readonly string[]) {
  const rows = await sql.begin(async (tx) => {
    await tx.unsafe(`SET LOCAL search_path = ${schema}, public`);
    return await tx<{ what: string }[]>`
      WITH t AS (SELECT oid, relname FROM pg_class WHERE relnamespace = ${schema}::regnamespace AND relname = ANY (${tables as string[]}) AND relkind IN ('r', 'p'))
      SELECT concat_ws(' ', relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid),
          col_description(t.oid, a.attnum)) AS what
        FROM t JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef AS d ON d.adrelid = t.oid AND d.adnum = a.attnum
      UNION ALL SELECT concat_ws(' ', relname, conname, pg_get_constraintdef(k.oid)) FROM t JOIN pg_constraint AS k ON k.conrelid = t.oid AND k.contype <> 'n'
      UNION ALL SELECT concat_ws(' ', relname, i.indexrelid::regclass, substring(pg_get_indexdef(i.indexrelid) FROM ' USING .*'))
        FROM t JOIN pg_index AS i ON i.indrelid = t.oid AND i.indisvalid
      ORDER BY 1`;
  });
  // a check is printed otherwise once it was read back
  return rows.map(({ what }) => what.replaceAll(/::(text|character varying)(\[\])?|[()]/g, ''));
}

/** What each sequence of a column gives next. */
async function nextOf(sql: Sql, schema: string) {
  const columns = await sql<{ of: string; sequence: string }[]>`
    SELECT c.relname || '.' || a.attname AS of, pg_get_serial_sequence(c.oid::regclass::text, a.attname) AS sequence
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = ${schema}::regnamespace AND c.relname NOT IN ('metabase_cache', 'notes', 'pgmigrations', 'migrations_log', 'starboard_posts',
      'scheduled_messages', 'image_optimization_jobs') AND c.relkind IN ('r', 'p') AND pg_get_serial_sequence(c.oid::regclass::text, a.attname) IS NOT NULL ORDER BY 1`;
  const next: string[] = [];
  for (const { of, sequence } of columns) {
    const [row] = await sql.unsafe<{ n: string }[]>(`SELECT nextval('${sequence}') AS n`);
    next.push(`${of} ${row?.n}`);
  }
  return next;
}
