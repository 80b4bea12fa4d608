import type { Sql } from 'postgres';
import { describe, expect, test } from 'vitest';
import { servers } from '../support/database.ts';
import type { Bed, Variant } from './bed.ts';
import { beds } from './beds.ts';
import { buildBed } from './build.ts';
import { command, expectNothingLost, find, newRound, oldConnection, oldRound, oldStart, undeclared } from './life.ts';
import { everyVariant, sampleOf } from './sample.ts';

/** A production bed on one of the servers; on all where everything is asked for. */
const serversOf = (bed: Bed) => (everyVariant() ? servers() : sampleOf(servers(), 1, beds.indexOf(bed)));
const drifted = beds.flatMap((bed) => bed.variants.map((variant) => ({ bed, variant })));

describe('adopt, migrate, finish, beside the old application', () => {
  for (const bed of beds)
    for (const { version, url } of serversOf(bed))
      test(`${bed.domain}: the production database comes under its history on PostgreSQL ${version}`, () =>
        live(bed, undefined, url));

  for (const { bed, variant } of everyVariant() ? drifted : sampleOf(drifted, 1))
    for (const { version, url } of serversOf(bed))
      test(`${bed.domain}, PostgreSQL ${version}: ${variant.name}: ${variant.hazard}`, () => live(bed, variant, url));
});

async function live(bed: Bed, variant: Variant | undefined, server: string): Promise<void> {
  await using database = await buildBed(bed, server, variant);
  const open = oldConnection(database.url);
  const works = await oldRound(open, bed, 1).then(
    () => true,
    () => false,
  );
  // an older application works on an older database
  expect(works || variant !== undefined).toBe(true);
  const found = await find(bed, variant, database);
  expect(await command(found, server, 'adopt', '--yes')).toMatchObject({
    outcome: 'adopted',
    questions: expect.any(Array),
  });
  await expectNothingLost(found, [bed.domain, 'public']);
  expect(await command(found, server, 'adopt', '--yes')).toMatchObject({ outcome: 'nothing to do' });
  if (works) await Promise.all([oldRound(open, bed, 2), oldStart(found, 3)]);
  const adopted = await rowsOf(found.sql, bed);
  await command(found, server, 'migrate');
  await expectAccounted(found.sql, bed, adopted);
  await newRound(found, 4);
  if (works) await Promise.all([oldRound(open, bed, 5), oldStart(found, 6), newRound(found, 7)]);
  expect(await command(found, server, 'drift')).toMatchObject({ differences: [] });
  await open.end({ timeout: 5 });
  const migrated = await rowsOf(found.sql, bed);
  expect(await command(found, server, 'adopt', '--finish', '--yes')).toMatchObject({ outcome: 'finished' });
  await expectAccounted(found.sql, bed, migrated);
  expect(await quarantined(found.sql, bed, variant)).toMatchObject(variant?.expect?.quarantines ?? {});
  expect(await undeclared(found, server)).toEqual([]);
  await newRound(found, 8, true);
  expect(await command(found, server, 'drift')).toMatchObject({ differences: [] });
}

interface Rows {
  readonly table: string;
  readonly here: number;
  /** In the table's quarantines. */
  readonly left: number;
}

async function rowsOf(sql: Sql, { domain, tables }: Bed): Promise<readonly Rows[]> {
  const places = await sql<
    { name: string }[]
  >`SELECT relname AS name FROM pg_class WHERE relnamespace = ${domain}::regnamespace AND relkind IN ('r', 'p') AND relname LIKE '%quarantine%'`;
  const count = async (names: readonly string[]) => {
    const each = names.map((name) => `SELECT count(*)::int AS n FROM ${domain}."${name}"`);
    const rows = each.length === 0 ? [] : await sql.unsafe<{ n: number }[]>(each.join(' UNION ALL '));
    return rows.reduce((sum, { n }) => sum + n, 0);
  };
  return await Promise.all(
    tables.map(async (table) => {
      const quarantines = places.map(({ name }) => name).filter((name) => name.startsWith(`${table}_`));
      return { table, here: await count([table]), left: await count(quarantines) };
    }),
  );
}

/** Every row that has gone from a table since is in a quarantine of it. */
async function expectAccounted(sql: Sql, bed: Bed, before: readonly Rows[]): Promise<void> {
  const after = await rowsOf(sql, bed);
  for (const { table, here, left } of before) {
    const now = after.find((one) => one.table === table);
    const gone = here - (now?.here ?? 0);
    expect((now?.left ?? 0) - left, `${table}: ${gone} rows have gone`).toBeGreaterThanOrEqual(gone);
  }
}

/** Rows in the quarantine tables that a variant expects to be filled. */
async function quarantined(sql: Sql, { domain }: Bed, variant: Variant | undefined) {
  const counts: Record<string, number> = {};
  for (const table of Object.keys(variant?.expect?.quarantines ?? {})) {
    const [row] = await sql.unsafe<{ n: number }[]>(`SELECT count(*)::int AS n FROM ${domain}.${table}_quarantine`);
    counts[table] = row?.n ?? 0;
  }
  return counts;
}
