import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seed } from '../../src/audit/seed.ts';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';

const ROWS = 2_000;
const TABLES = ['jobs', 'job_stages', 'job_stages_quarantine'];
const options = { rows: ROWS, onProgress: () => {} };
const counts = (inserted: number, rows: number) => TABLES.map((table) => ({ table, inserted, rows }));

describe.each(servers())('audit seeds on PostgreSQL $version', ({ url }) => {
  let db: MigratedDatabase;
  beforeAll(async () => {
    db = await migratedDatabase(url);
  });
  afterAll(() => db[Symbol.asyncDispose]());

  const fingerprints = () =>
    Promise.all(
      TABLES.map(async (table) => {
        const [row] = await db.sql`
          SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) AS hash FROM ${db.sql(`audit.${table}`)} t`;
        return row?.['hash'];
      }),
    );

  test('no row is one that code depends on', async () => {
    expect(await seed.missing(db.sql)).toEqual([]);
    expect(await seed.reference(db.sql)).toEqual([]);
  });

  test('demo fills every table, inserts nothing the second time, and gives equal rows again', async () => {
    expect(await seed.demo(db.sql, options)).toEqual(counts(ROWS, ROWS));
    const first = await fingerprints();
    expect(await seed.demo(db.sql, options)).toEqual(counts(0, ROWS));
    await db.sql`TRUNCATE audit.jobs, audit.job_stages, audit.job_stages_quarantine`;
    expect(await seed.demo(db.sql, options)).toEqual(counts(ROWS, ROWS));
    expect(await fingerprints()).toEqual(first);
  });

  test('a larger demo begins with the smaller one', async () => {
    expect(await seed.demo(db.sql, { ...options, rows: ROWS + 500 })).toEqual(counts(500, ROWS + 500));
  });

  test('demo rows tell lives that can be: what ended began before, and durations are what the moments say', async () => {
    const odd = await db.sql`
      SELECT job_id FROM audit.jobs WHERE NOT (
        (finished_at IS NOT NULL) = (state IN ('succeeded', 'failed', 'canceled'))
        AND (started_at IS NULL) = (state IN ('queued', 'canceled'))
        AND (error_message IS NOT NULL) = (state = 'failed')
        AND duration_ms IS NOT DISTINCT FROM (extract(epoch FROM finished_at - started_at) * 1000)::int)
      UNION ALL
      SELECT job_id FROM audit.job_stages
      WHERE duration_ms IS DISTINCT FROM (extract(epoch FROM ended_at - started_at) * 1000)::int`;
    expect([...odd]).toEqual([]);
  });

  test('demo rows leave the sequences alone', async () => {
    const sequences = await db.sql`SELECT last_value FROM pg_sequences WHERE schemaname = 'audit'`;
    expect(sequences.map((row) => row['last_value'])).toEqual([null, null]);
  });
});
