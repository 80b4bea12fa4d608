import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { domain } from '../../src/train/domain.ts';
import { seed } from '../../src/train/seed.ts';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';

const ROWS = 2_000;
const quiet = { rows: ROWS, onProgress: () => {} };
const TABLES = [
  'analysis_audit_log',
  'anthropic_credentials',
  'api_requests',
  'conversation_analyses',
  'streaming_chunks',
  'train_accounts',
  'train_api_keys',
  'train_members',
  'trains',
];

describe.each(servers())('train seed on PostgreSQL $version', ({ url: server }) => {
  let database: MigratedDatabase;
  beforeAll(async () => {
    database = await migratedDatabase(server);
  });
  afterAll(() => database[Symbol.asyncDispose]());

  const fingerprints = () =>
    Promise.all(
      [...TABLES, 'hourly_stats'].map(async (table) => {
        const [row] = await database.sql.unsafe(
          `SELECT count(*)::int AS rows, md5(string_agg(t::text, '|' ORDER BY t::text)) AS content FROM train.${table} AS t`,
        );
        return { table, ...row };
      }),
    );

  test('no row is one that code depends on', async () => {
    expect(await seed.reference(database.sql)).toEqual([]);
    expect(await seed.missing(database.sql)).toEqual([]);
  });

  test('demo fills every table, a second run inserts nothing, and the same rows come again after they were removed', async () => {
    const counts = await seed.demo(database.sql, quiet);
    expect(counts.map(({ table }) => table).sort()).toEqual(TABLES);
    for (const { table, inserted, rows } of counts) {
      expect({ table, inserted, rows }).toEqual({
        table,
        inserted: rows,
        rows: table === 'train_members' ? 3_000 : ROWS,
      });
    }
    const first = await fingerprints();
    for (const { inserted } of await seed.demo(database.sql, quiet)) expect(inserted).toBe(0);
    expect(await fingerprints()).toEqual(first);
    await database.sql`TRUNCATE train.trains, train.api_requests, train.conversation_analyses, train.analysis_audit_log,
      train.anthropic_credentials CASCADE`;
    await seed.demo(database.sql, quiet);
    expect(await fingerprints()).toEqual(first);
  });

  test('a larger demo begins with the smaller one', async () => {
    const counts = await seed.demo(database.sql, { ...quiet, rows: ROWS + 500 });
    for (const { table, inserted } of counts)
      expect({ table, inserted }).toEqual({ table, inserted: table === 'train_members' ? 750 : 500 });
  });

  test('the sequences stay where they are', async () => {
    const rows = await database.sql`SELECT last_value FROM pg_sequences WHERE schemaname = 'train'`;
    expect(rows.map((row) => row['last_value'])).toEqual([null, null, null]);
  });

  test('demo rows leave nothing to do for any data step', async () => {
    for (const { name, remaining, parameters = [] } of domain.backfills) {
      const [row] = await database.sql.unsafe(
        remaining,
        parameters.map((value) => JSON.stringify(value)),
      );
      expect({ name, ...row }).toEqual({ name, count: '0' });
    }
  });
});
