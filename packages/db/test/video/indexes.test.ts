import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seed } from '../../src/video/seed.ts';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { explain } from '../support/explain.ts';

const USER = "user_id = '900000000000100007'";

/** [what the application asks, the index that serves it, the query] */
const QUERIES = [
  [
    "a member's requests, newest first",
    'idx_video_requests_user_created',
    `SELECT id FROM video.video_requests WHERE ${USER} ORDER BY created_at DESC LIMIT 10`,
  ],
  [
    'the rate limit: requests of the last 24 hours',
    'idx_video_requests_user_created',
    `SELECT count(*) FROM video.video_requests WHERE ${USER} AND created_at > '2026-10-31'`,
  ],
  [
    'the oldest request within the rate limit',
    'idx_video_requests_user_created',
    `SELECT created_at FROM video.video_requests WHERE ${USER} AND created_at > '2026-10-31' ORDER BY created_at LIMIT 1`,
  ],
  [
    'requests in one status, newest first',
    'idx_video_requests_status_created',
    "SELECT id FROM video.video_requests WHERE status = 'failed' ORDER BY created_at DESC LIMIT 20",
  ],
  [
    "a guild's requests, newest first",
    'idx_video_requests_guild_created',
    "SELECT id FROM video.video_requests WHERE guild_id = '900000000000000007' ORDER BY created_at DESC LIMIT 20",
  ],
  [
    'resume: what has not ended, oldest first',
    'idx_video_requests_unfinished',
    `SELECT id FROM video.video_requests
     WHERE status IN ('pending', 'generating') AND created_at > '2026-10-31' ORDER BY created_at`,
  ],
] as const;

describe.each(servers())('video indexes on PostgreSQL $version', ({ url: server }) => {
  let database: MigratedDatabase;
  beforeAll(async () => {
    database = await migratedDatabase(server);
    await seed.demo(database.sql, { rows: 5_000, onProgress: () => {} });
    await database.sql`ANALYZE video.video_requests`;
  });
  afterAll(() => database[Symbol.asyncDispose]());

  test.each(QUERIES)('%s: %s, without a sort', async (_, index, query) => {
    const plan = await explain(database.sql, query);
    expect(plan.indexes).toEqual([index]);
    expect(plan.nodes).not.toContain('Sort');
  });
});
