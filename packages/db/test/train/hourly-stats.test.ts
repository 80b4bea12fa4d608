import type { Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDb } from '../../src/index.ts';
import { hourlyStatSelectSchema, hourlyStats } from '../../src/train/index.ts';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { insertRequests, uuid } from './support.ts';

describe.each(servers())('hourly_stats on PostgreSQL $version', ({ url: server }) => {
  let database: MigratedDatabase;
  let sql: Sql;
  beforeAll(async () => {
    database = await migratedDatabase(server);
    sql = database.sql;
    const day = (time: string, rest: object) => ({ timestamp: new Date(`2020-06-01T${time}Z`), ...rest });
    await insertRequests(sql, [
      { request_id: uuid(1), ...day('10:00:00', { train_id: 'a', model: 'm', input_tokens: 10, duration_ms: 100 }) },
      { request_id: uuid(2), ...day('10:59:59.999', { train_id: 'a', model: 'm', input_tokens: 5, duration_ms: 201 }) },
      { request_id: uuid(3), ...day('11:00:00', { train_id: 'a', model: 'm', tool_call_count: 2 }) },
      { request_id: uuid(4), ...day('10:30:00', { train_id: 'a', model: 'n', output_tokens: 7 }) },
      { request_id: uuid(5), ...day('10:30:00', { train_id: 'b', model: 'm', cache_read_input_tokens: 3 }) },
      { request_id: uuid(6), ...day('10:10:00', { train_id: 'a', input_tokens: null }) },
      {
        request_id: uuid(7),
        ...day('10:20:00', { train_id: 'a', input_tokens: null, cache_creation_input_tokens: 9 }),
      },
    ]);
    await sql`REFRESH MATERIALIZED VIEW CONCURRENTLY train.hourly_stats`;
  });
  afterAll(() => database[Symbol.asyncDispose]());

  const rows = () => sql`
    SELECT to_char(hour AT TIME ZONE 'UTC', 'HH24:MI') AS hour, train_id, model, request_count::int AS n,
      total_input_tokens::int AS input, total_output_tokens::int AS output, total_cache_creation_tokens::int AS created,
      total_cache_read_tokens::int AS read, avg_response_time::float AS avg, total_tool_calls::int AS tools
    FROM train.hourly_stats ORDER BY hourly_stats.hour, train_id, model`;
  const none = { output: 0, created: 0, read: 0, tools: 0 };
  const EXPECTED = [
    { hour: '10:00', train_id: 'a', model: 'm', n: 2, input: 15, avg: 150.5, ...none },
    { hour: '10:00', train_id: 'a', model: 'n', n: 1, input: 0, avg: null, ...none, output: 7 },
    { hour: '10:00', train_id: 'a', model: null, n: 2, input: null, avg: null, ...none, created: 9 },
    { hour: '10:00', train_id: 'b', model: 'm', n: 1, input: 0, avg: null, ...none, read: 3 },
    { hour: '11:00', train_id: 'a', model: 'm', n: 1, input: 0, avg: null, ...none, tools: 2 },
  ];

  test('sums all requests, however old, by hour, train and model; requests without a model are one row', async () => {
    expect([...(await rows())]).toEqual(EXPECTED);
  });

  test('a concurrent refresh changes what changed, also in rows without a model', async () => {
    await sql`UPDATE train.api_requests SET input_tokens = 4 WHERE request_id = ${uuid(6)}`;
    await sql`REFRESH MATERIALIZED VIEW CONCURRENTLY train.hourly_stats`;
    expect([...(await rows())]).toEqual(EXPECTED.map((row) => (row.model === null ? { ...row, input: 4 } : row)));
  });

  test('hours are UTC hours, whatever the time zone of the session that refreshes', async () => {
    const read = () => sql`SELECT DISTINCT hour FROM train.hourly_stats ORDER BY hour`;
    const before = await read();
    await sql.begin(async (tx) => {
      await tx`SET LOCAL TimeZone = 'Asia/Kolkata'`;
      await tx`REFRESH MATERIALIZED VIEW train.hourly_stats`;
    });
    expect([...(await read())]).toEqual([...before]);
  });

  test('reads through the typed client, and refreshes through it', async () => {
    await using db = createDb({ domain: 'train', url: database.url, app: 'test' });
    await db.refreshMaterializedView(hourlyStats).concurrently();
    const found = await db.select().from(hourlyStats);
    expect(found).toHaveLength(EXPECTED.length);
    for (const row of found) expect(hourlyStatSelectSchema.parse(row)).toEqual(row);
    expect(await db.query.hourlyStats.findMany({ where: { trainId: 'b' } })).toMatchObject([
      { hour: new Date('2020-06-01T10:00:00Z'), requestCount: 1, totalCacheReadTokens: 3 },
    ]);
  });
});
