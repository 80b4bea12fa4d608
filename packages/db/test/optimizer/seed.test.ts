import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { referencePlans, seed } from '../../src/optimizer/seed.ts';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';

const ROWS = 2_000;
const TABLES = ['app_instances', 'jobs', 'job_items', 'publish_logs'];
const options = { rows: ROWS, onProgress: () => {} };
const counts = (inserted: number, rows: number) => TABLES.map((table) => ({ table, inserted, rows }));

describe.each(servers())('optimizer seeds on PostgreSQL $version', ({ url }) => {
  let db: MigratedDatabase;
  beforeAll(async () => {
    db = await migratedDatabase(url);
  });
  afterAll(() => db[Symbol.asyncDispose]());

  const fingerprints = () =>
    Promise.all(
      TABLES.map(async (table) => {
        const [row] = await db.sql`
          SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) AS hash FROM ${db.sql(`optimizer.${table}`)} t`;
        return row?.['hash'];
      }),
    );

  test('the plans of the migration are the reference plans', async () => {
    expect(await seed.missing(db.sql)).toEqual([]);
    expect(await seed.reference(db.sql)).toEqual([{ table: 'plans', inserted: 0, rows: 4 }]);
  });

  test('reference puts a missing plan back and leaves a changed one alone', async () => {
    await db.sql`DELETE FROM optimizer.plans WHERE id = 'scale'`;
    await db.sql`UPDATE optimizer.plans SET monthly_credits = 200 WHERE id = 'free'`;
    expect(await seed.missing(db.sql)).toEqual(['plans scale']);
    expect(await seed.reference(db.sql)).toEqual([{ table: 'plans', inserted: 1, rows: 4 }]);
    expect(
      await db.sql`SELECT id, monthly_credits FROM optimizer.plans WHERE id IN ('free', 'scale') ORDER BY id`,
    ).toEqual([
      { id: 'free', monthly_credits: 200 },
      { id: 'scale', monthly_credits: referencePlans.find(({ id }) => id === 'scale')?.monthlyCredits },
    ]);
  });

  test('demo fills every table, inserts nothing the second time, and gives equal rows again', async () => {
    expect(await seed.demo(db.sql, options)).toEqual(counts(ROWS, ROWS));
    const first = await fingerprints();
    expect(await seed.demo(db.sql, options)).toEqual(counts(0, ROWS));
    await db.sql`TRUNCATE optimizer.app_instances CASCADE`;
    expect(await seed.demo(db.sql, options)).toEqual(counts(ROWS, ROWS));
    expect(await fingerprints()).toEqual(first);
  });

  test('a larger demo begins with the smaller one', async () => {
    expect(await seed.demo(db.sql, { ...options, rows: ROWS + 500 })).toEqual(counts(500, ROWS + 500));
  });

  test('demo rows leave the sequences alone', async () => {
    const sequences = await db.sql`SELECT last_value FROM pg_sequences WHERE schemaname = 'optimizer'`;
    expect(sequences.map((row) => row['last_value'])).toEqual([null, null, null, null]);
  });
});
