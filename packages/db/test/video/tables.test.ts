import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDb, type Db } from '../../src/index.ts';
import { videoRequestInsertSchema, videoRequestSelectSchema, videoRequests } from '../../src/video/index.ts';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';

const VALID = {
  user_id: '800000000000000001',
  guild_id: 'dm',
  channel_id: '700000000000000001',
  prompt: 'a cat that reads',
  duration_seconds: 4,
  aspect_ratio: '16:9',
  resolution: '720p',
  generate_audio: true,
  status: 'pending',
};

describe.each(servers())('video tables on PostgreSQL $version', ({ url: server }) => {
  let database: MigratedDatabase;
  let db: Db<'video'>;
  beforeAll(async () => {
    database = await migratedDatabase(server);
    db = createDb({ domain: 'video', url: database.url, app: 'test' });
  });
  afterAll(async () => {
    await db.close();
    await database[Symbol.asyncDispose]();
  });

  const insert = (change: object) =>
    database.sql`INSERT INTO video.video_requests ${database.sql({ ...VALID, ...change })} RETURNING *`;

  test('a request goes from pending to completed through the typed client', async () => {
    const request = videoRequestInsertSchema.parse({
      userId: '800000000000000001',
      guildId: '600000000000000001',
      channelId: '700000000000000001',
      prompt: 'a fox in the snow',
      durationSeconds: 8,
      aspectRatio: '9:16',
      resolution: '1080p',
      status: 'pending',
    });
    const [created] = await db.insert(videoRequests).values(request).returning();
    expect(created).toMatchObject({ ...request, generateAudio: true, startedAt: null, videoUrls: null });
    const id = created?.id ?? '';
    const startedAt = new Date('2026-11-01T10:00:00.123Z');
    const videoUrls = ['gs://videos/1.mp4', 'gs://videos/with,comma.mp4'];
    await db
      .update(videoRequests)
      .set({ status: 'completed', operationName: 'operations/1', startedAt, durationMs: 61_000, videoUrls })
      .where(eq(videoRequests.id, id));
    const found = await db.query.videoRequests.findFirst({ where: { id } });
    expect(found).toMatchObject({ status: 'completed', startedAt, durationMs: 61_000, videoUrls });
    expect(videoRequestSelectSchema.parse(found)).toEqual(found);
    await db.delete(videoRequests).where(eq(videoRequests.id, id));
    expect(await db.query.videoRequests.findFirst({ where: { id } })).toBeUndefined();
  });

  test.each([
    ['duration_seconds', 5],
    ['aspect_ratio', '1:1'],
    ['resolution', '4k'],
    ['status', 'queued'],
  ])('%s refuses %s', async (column, value) => {
    await expect(insert({ [column]: value })).rejects.toMatchObject({
      code: '23514',
      constraint_name: `video_requests_${column}_check`,
    });
  });

  test.each([
    ['duration_seconds', [4, 6, 8]],
    ['aspect_ratio', ['16:9', '9:16']],
    ['resolution', ['720p', '1080p']],
    ['status', ['pending', 'generating', 'completed', 'failed', 'timeout']],
  ])('%s takes each of %s', async (column, values) => {
    for (const value of values) expect(await insert({ [column]: value })).toMatchObject([{ [column]: value }]);
  });

  test.each([...Object.keys(VALID), 'id', 'created_at'])('%s refuses NULL', async (column) => {
    await expect(insert({ [column]: null })).rejects.toMatchObject({ code: '23502', column_name: column });
  });

  test('an id is taken once, and is a uuid', async () => {
    const id = '3f0c6d9e-7a0a-4b35-9d6f-2f1f6a0f8a11';
    await insert({ id });
    await expect(insert({ id })).rejects.toMatchObject({ code: '23505', constraint_name: 'video_requests_pkey' });
    await expect(insert({ id: 'synthetic-1' })).rejects.toMatchObject({ code: '22P02' });
  });

  test('the insert schema refuses a length that the table would refuse', () => {
    const request = { userId: '1', guildId: 'dm', channelId: '1', prompt: 'hello', status: 'pending' };
    const shape = { ...request, aspectRatio: '16:9', resolution: '720p' };
    expect(videoRequestInsertSchema.safeParse({ ...shape, durationSeconds: 4 }).success).toBe(true);
    expect(videoRequestInsertSchema.safeParse({ ...shape, durationSeconds: 5 }).success).toBe(false);
  });
});
