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
  await command(found, server, 'migrate');
  await newRound(found, 4);
  if (works) await Promise.all([oldRound(open, bed, 5), oldStart(found, 6), newRound(found, 7)]);
  expect(await command(found, server, 'drift')).toMatchObject({ differences: [] });
  await open.end({ timeout: 5 });
  expect(await command(found, server, 'adopt', '--finish', '--yes')).toMatchObject({ outcome: 'finished' });
  expect(await quarantined(found.sql, bed, variant)).toMatchObject(variant?.expect?.quarantines ?? {});
  expect(await undeclared(found, server)).toEqual([]);
  await newRound(found, 8, true);
  expect(await command(found, server, 'drift')).toMatchObject({ differences: [] });
}

/** Rows in the quarantine tables that a variant expects to be filled. */
async function quarantined(sql: Parameters<typeof oldRound>[0], { domain }: Bed, variant: Variant | undefined) {
  const counts: Record<string, number> = {};
  for (const table of Object.keys(variant?.expect?.quarantines ?? {})) {
    const [row] = await sql.unsafe<{ n: number }[]>(`SELECT count(*)::int AS n FROM ${domain}.${table}_quarantine`);
    counts[table] = row?.n ?? 0;
  }
  return counts;
}
