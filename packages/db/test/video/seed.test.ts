import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seed } from '../../src/video/seed.ts';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';

const ROWS = 2_000;
const quiet = { rows: ROWS, onProgress: () => {} };

describe.each(servers())('video seed on PostgreSQL $version', ({ url: server }) => {
  let database: MigratedDatabase;
  beforeAll(async () => {
    database = await migratedDatabase(server);
  });
  afterAll(() => database[Symbol.asyncDispose]());

  const fingerprint = () => database.sql`
    SELECT count(*)::int AS rows, md5(string_agg(v::text, '|' ORDER BY v.id)) AS content FROM video.video_requests AS v`;

  test('no row is one that code depends on', async () => {
    expect(await seed.reference(database.sql)).toEqual([]);
    expect(await seed.missing(database.sql)).toEqual([]);
  });

  test('demo inserts each row once, and the same rows again after they were removed', async () => {
    expect(await seed.demo(database.sql, quiet)).toEqual([{ table: 'video_requests', inserted: ROWS, rows: ROWS }]);
    const first = await fingerprint();
    expect(first).toMatchObject([{ rows: ROWS }]);
    expect(await seed.demo(database.sql, quiet)).toEqual([{ table: 'video_requests', inserted: 0, rows: ROWS }]);
    await database.sql`TRUNCATE video.video_requests`;
    await seed.demo(database.sql, quiet);
    expect(await fingerprint()).toEqual(first);
  });

  test('a larger demo begins with the smaller one', async () => {
    const [count] = await seed.demo(database.sql, { ...quiet, rows: ROWS + 500 });
    expect(count).toEqual({ table: 'video_requests', inserted: 500, rows: ROWS + 500 });
  });

  test('demo rows tell lives that can be: ended ones have an end, completed ones a file, failed ones a reason', async () => {
    const odd = await database.sql`
      SELECT id, status FROM video.video_requests WHERE NOT (
        (completed_at IS NOT NULL) = (status IN ('completed', 'failed', 'timeout'))
        AND (started_at IS NULL) = (status = 'pending')
        AND (video_urls IS NOT NULL) = (status = 'completed')
        AND (error_message IS NOT NULL) = (status IN ('failed', 'timeout'))
        AND duration_ms IS NOT DISTINCT FROM (extract(epoch FROM completed_at - started_at) * 1000)::int)`;
    expect([...odd]).toEqual([]);
  });

  test('progress is told up to the last row', async () => {
    const told: string[] = [];
    await seed.demo(database.sql, {
      rows: 7_000,
      onProgress: (table, done, total) => told.push(`${table} ${done}/${total}`),
    });
    expect(told).toEqual(['video_requests 5000/7000', 'video_requests 7000/7000']);
  });
});
