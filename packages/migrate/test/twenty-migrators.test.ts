import { join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DbError, type MigrateResult } from '../src/index.ts';
import { type Database, emptyDatabase } from './support/database.ts';
import { createProject, type Project } from './support/project.ts';
import { runMain } from './support/run-main.ts';

const A = '20260101000000_a';
const B = '20260102000000_b';
const C = '20260103000000_c';
const D = '20260104000000_d';
/** No key refuses a second row: what ran twice is there twice. */
const HISTORY = {
  [A]: 'CREATE SCHEMA shop; CREATE TABLE shop.notes (said text); CREATE TABLE shop.counters (n int); INSERT INTO shop.counters VALUES (0)',
  [B]: "INSERT INTO shop.notes VALUES ('in a transaction'); UPDATE shop.counters SET n = n + 1",
  [C]: "-- db: no-transaction\nINSERT INTO shop.notes VALUES ('in a step');\nCREATE INDEX CONCURRENTLY notes_said_idx ON shop.notes (said);\nUPDATE shop.counters SET n = n + 10",
};
const MIGRATORS = 20;
const ROUNDS = 10;

let project: Project;
beforeAll(async () => {
  project = await createProject(HISTORY);
  await project.writeConfig();
});
afterAll(() => project[Symbol.asyncDispose]());

/** What twenty runs came to: names that each applied, and exit codes. */
async function twenty(
  migrate: (index: number) => Promise<MigrateResult>,
): Promise<{ applied: string[]; exits: number[] }> {
  const ends = await Promise.allSettled(Array.from({ length: MIGRATORS }, (_, index) => migrate(index)));
  return {
    applied: ends.flatMap((end) => (end.status === 'fulfilled' ? end.value.applied.map(({ name }) => name) : [])),
    exits: ends.map((end) => {
      if (end.status === 'fulfilled') return 0;
      if (end.reason instanceof DbError) return end.reason.exit;
      throw end.reason;
    }),
  };
}

async function expectOnce({ sql }: Database): Promise<void> {
  expect(await sql`SELECT said FROM shop.notes ORDER BY said`).toEqual([
    { said: 'in a step' },
    { said: 'in a transaction' },
  ]);
  expect(await sql`SELECT n FROM shop.counters`).toEqual([{ n: 11 }]);
  expect(await sql`SELECT name FROM migrations.applied ORDER BY name`).toEqual([{ name: A }, { name: B }, { name: C }]);
  expect(
    await sql`SELECT name, count(*)::int AS times FROM migrations.journal WHERE event = 'applied' GROUP BY name ORDER BY name`,
  ).toEqual([A, B, C].map((name) => ({ name, times: 1 })));
  expect(await sql`SELECT indisvalid FROM pg_index WHERE indexrelid = 'shop.notes_said_idx'::regclass`).toEqual([
    { indisvalid: true },
  ]);
}

const servers = testServers();
/** Rounds take turns on the servers, oldest first. */
const serverOf = (round: number) => servers[round % servers.length]?.url ?? '';

describe('twenty migrators at once', () => {
  test(`on an empty database, ${ROUNDS} rounds: all exit 0, each migration is applied by one of them`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await using db = await emptyDatabase(serverOf(round));
      const { applied, exits } = await twenty(() => project.migrate(db.url));
      expect(new Set(exits)).toEqual(new Set([0]));
      expect(applied.sort()).toEqual([A, B, C]);
      await expectOnce(db);
    }
  }, 300_000);

  test(`with a data migration pending, ${ROUNDS} rounds, half of them in no mood to wait: exit 0 or 5, data is written once`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await using db = await emptyDatabase(serverOf(round));
      await project.migrate(db.url, { to: A });
      const { applied, exits } = await twenty((index) =>
        project.migrate(db.url, { lockWaitMs: index % 2 === 0 ? 0 : 60_000 }),
      );
      expect(exits.filter((exit) => exit !== 0 && exit !== 5)).toEqual([]);
      // Whoever waits succeeds.
      expect(exits.filter((_, index) => index % 2 === 1)).toEqual(Array.from({ length: MIGRATORS / 2 }, () => 0));
      expect(applied.sort()).toEqual([B, C]);
      await expectOnce(db);
    }
  }, 300_000);

  test('as twenty processes: all exit 0, each migration is applied by one of them', async () => {
    await using db = await emptyDatabase(servers.at(-1)?.url ?? '');
    const args = ['--config', join(project.root, 'db.config.ts'), 'migrate', '--json'];
    const ends = await Promise.all(
      Array.from({ length: MIGRATORS }, () => runMain(args, project.root, { DATABASE_URL: db.url })),
    );
    expect(ends.map(({ exit }) => exit)).toEqual(Array.from({ length: MIGRATORS }, () => 0));
    const applied = ends.flatMap(({ stdout }) => namesOf(stdout));
    expect(applied.sort()).toEqual([A, B, C]);
    await expectOnce(db);
  }, 300_000);

  test('a rolling deploy, five times: old and new build migrate in turn and at once; the old one says that the database is newer', async () => {
    for (let round = 0; round < 5; round += 1) {
      await using db = await emptyDatabase(serverOf(round));
      await using next = await createProject({ ...HISTORY, [D]: "INSERT INTO shop.notes VALUES ('new build')" });
      const ahead: (readonly string[])[] = [];
      const old = async () => ahead.push((await project.migrate(db.url)).ahead);
      await old();
      // In turn, and at once, in both orders.
      if (round % 2 === 0) await Promise.all([old(), next.migrate(db.url), old()]);
      else await next.migrate(db.url);
      await old();
      expect(ahead.at(-1)).toEqual([D]);
      expect(await next.migrate(db.url)).toMatchObject({ applied: [], ahead: [] });
      await old();
      expect(await db.sql`SELECT count(*)::int AS n FROM shop.notes WHERE said = 'new build'`).toEqual([{ n: 1 }]);
    }
  }, 300_000);

  test('old and new build at once on an empty database: both exit 0, and each migration is applied once', async () => {
    for (let round = 0; round < 5; round += 1) {
      await using db = await emptyDatabase(serverOf(round));
      await using next = await createProject({ ...HISTORY, [D]: "INSERT INTO shop.notes VALUES ('new build')" });
      const results = await Promise.all([project, next, project, next].map((build) => build.migrate(db.url)));
      expect(results.flatMap(({ applied }) => applied.map(({ name }) => name)).sort()).toEqual([A, B, C, D]);
      await db.sql`DELETE FROM shop.notes WHERE said = 'new build'`;
    }
  }, 300_000);
});

function namesOf(stdout: string): readonly string[] {
  const report = JSON.parse(stdout) as { domains: { applied: { name: string }[] }[] };
  return report.domains.flatMap(({ applied }) => applied.map(({ name }) => name));
}
