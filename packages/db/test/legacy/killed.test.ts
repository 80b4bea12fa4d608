import type { Sql } from 'postgres';
import { expect, test } from 'vitest';
import { changesOf, stateOf } from '../../../migrate/test/support/adopt-state.ts';
import { servers } from '../support/database.ts';
import { legacyCuts, legacySeed } from '../support/env.ts';
import { runDb } from '../support/run-db.ts';
import type { Bed } from './bed.ts';
import { beds } from './beds.ts';
import { buildBed } from './build.ts';
import { createChunkProxy } from './chunk-proxy.ts';
import { command, expectNothingLost, find } from './life.ts';
import { everyVariant, sampleOf } from './sample.ts';

const cases = (everyVariant() ? servers() : sampleOf(servers(), 1)).flatMap((server) =>
  (everyVariant() ? beds : sampleOf(beds, 1)).map((bed) => ({ bed, server, name: bed.domain })),
);

test.each(cases)(
  '$name on PostgreSQL $server.version: an adoption that was cut at any message goes on, to the end of an undisturbed one',
  ({ bed, server }) => cutAndGoOn(bed, server.url),
  600_000,
);

async function cutAndGoOn(bed: Bed, server: string): Promise<void> {
  const undisturbed = await adopt(bed, server);
  for (let cut = 0; cut < legacyCuts(); cut += 1) {
    // The golden ratio spreads the moments of however many cuts and seeds.
    const moment = ((legacySeed() + cut) * 0.618_034) % 1;
    const at = 1 + Math.floor(moment * undisturbed.chunks);
    const handOn = cut % 2 === 0;
    const what = `${bed.domain}, cut ${handOn ? 'after' : 'before'} chunk ${at} of ${undisturbed.chunks}`;
    const { state, exit } = await adopt(bed, server, { at, handOn });
    // 0: only the goodbye was cut
    expect([0, 1, 69], what).toContain(exit);
    expect(changesOf(undisturbed.state, state), what).toEqual([]);
  }
}

/** Adopts a bed, by two runs where the first one is cut. */
async function adopt(bed: Bed, server: string, cut?: { readonly at: number; readonly handOn: boolean }) {
  await using database = await buildBed(bed, server);
  const found = await find(bed, undefined, database);
  await using proxy = await createChunkProxy(database.url, cut);
  const { exit } = await runDb(
    ['adopt', '--domain', bed.domain, '--yes', '--json', '--scratch-url', server],
    proxy.url,
  );
  if (cut === undefined) expect(exit).toBe(0);
  else if (await isHalfDone(found.sql)) await expectNoMigration(bed, found.url);
  if (cut !== undefined)
    expect(await command(found, server, 'adopt', '--yes')).toMatchObject({
      outcome: expect.stringMatching(/adopted|nothing to do/),
    });
  await expectNothingLost(found, [bed.domain, 'public']);
  // new columns may hold the time at which they came; the others were compared above
  const ours = new Set(bed.tables.map((table) => `rows of ${bed.domain}.${table}`));
  const state = Object.fromEntries(Object.entries(await stateOf(database.sql)).filter(([object]) => !ours.has(object)));
  return { state, exit, chunks: proxy.sent() };
}

async function isHalfDone(sql: Sql): Promise<boolean> {
  const [there] = await sql`SELECT FROM pg_class WHERE oid = to_regclass('migrations.adoptions')`;
  return there !== undefined && (await sql`SELECT FROM migrations.adoptions WHERE state = 'adopting'`).length === 1;
}

/** Between the two halves of an adoption no migration runs. */
async function expectNoMigration({ domain }: Bed, url: string): Promise<void> {
  const { exit, stdout } = await runDb(['migrate', '--domain', domain, '--json'], url);
  expect([exit, JSON.parse(stdout).error?.code]).toEqual([4, 'DB_ADOPT_STATE']);
}
