import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from 'postgres';
import { expect, test } from 'vitest';
import { servers } from '../support/database.ts';
import type { Bed } from './bed.ts';
import { beds } from './beds.ts';
import { buildBed } from './build.ts';
import { command, find, oldConnection, oldRound } from './life.ts';
import { newApplication } from './new-application.ts';
import { everyVariant, sampleOf } from './sample.ts';

/** What a wait may be longer beside an adoption than without one. */
const MORE_MS = 250;
/** Between two rounds of a writer. */
const PAUSE_MS = 20;

const cases = (everyVariant() ? servers() : sampleOf(servers(), 1)).flatMap((server) =>
  (everyVariant() ? beds : sampleOf(beds, 1)).map((bed) => ({ bed, server, name: bed.domain })),
);

test.each(cases)(
  '$name on PostgreSQL $server.version: two old and two new writers see no error and no long wait while it is adopted',
  async ({ bed, server }) => {
    await using database = await buildBed(bed, server.url);
    const found = await find(bed, undefined, database);
    // as much work for the machine, and nothing is changed
    const alone = await beside(found.url, bed, 1, async () => {
      await command(found, server.url, 'adopt', '--dry-run');
      await sleep(2000);
    });
    const adopted = await beside(found.url, bed, 1_000_000, async () => {
      await command(found, server.url, 'adopt', '--yes');
      // the new application has come, too
      await sleep(2000);
    });
    expect([...alone.errors, ...adopted.errors]).toEqual([]);
    expect(adopted.newRounds).toBeGreaterThan(0);
    expect(adopted.longestMs).toBeLessThan(alone.longestMs + MORE_MS);
  },
  180_000,
);

interface Seen {
  readonly errors: string[];
  /** The longest that a statement of an old writer took. */
  longestMs: number;
  newRounds: number;
}

/** Runs `body` beside two old writers on connections of before, and two new ones that begin as soon as their tables are there. */
async function beside(url: string, bed: Bed, first: number, body: () => Promise<void>): Promise<Seen> {
  const seen: Seen = { errors: [], longestMs: 0, newRounds: 0 };
  const state = { going: true };
  const old = [oldConnection(url), oldConnection(url)];
  const probe = oldConnection(url);
  const writers = [
    ...old.map((sql, at) => oldWriter(sql, bed, first + at * 100_000, state, seen)),
    ...[2, 3].map((at) => newWriter(url, probe, bed, first + at * 100_000, state, seen)),
  ];
  try {
    await body();
  } finally {
    state.going = false;
    await Promise.all(writers);
    await Promise.all([...old, probe].map((sql) => sql.end({ timeout: 5 })));
  }
  return seen;
}

async function oldWriter(
  sql: Sql,
  bed: Bed,
  first: number,
  state: { readonly going: boolean },
  seen: Seen,
): Promise<void> {
  await sql`SELECT 1`;
  for (let n = first; state.going; n += 1) {
    const took = (ms: number) => {
      seen.longestMs = Math.max(seen.longestMs, ms);
    };
    await oldRound(sql, bed, n, took).catch((error: unknown) => seen.errors.push(`old: ${error}`));
    await sleep(PAUSE_MS);
  }
}

async function newWriter(
  url: string,
  probe: Sql,
  bed: Bed,
  first: number,
  state: { readonly going: boolean },
  seen: Seen,
): Promise<void> {
  const isThere = async () =>
    (await probe`SELECT FROM pg_class WHERE oid = to_regclass(${`${bed.domain}.${bed.tables[0]}`})`).length > 0;
  while (state.going && !(await isThere())) await sleep(20);
  for (let n = first; state.going; n += 1) {
    try {
      await newApplication[bed.domain].round(url, n);
      seen.newRounds += 1;
    } catch (error) {
      seen.errors.push(`new: ${error instanceof Error ? `${error.message} ${error.cause}` : error}`);
    }
    await sleep(PAUSE_MS);
  }
}
