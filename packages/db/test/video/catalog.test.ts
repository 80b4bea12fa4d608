import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { readColumns, readConstraints, readIndexes } from '../support/read-catalog.ts';

/* The expected lists are typed from the seed, never from schema.ts or a dump. */

const COLUMNS = {
  id: 'uuid NOT NULL DEFAULT gen_random_uuid()',
  user_id: 'text NOT NULL',
  guild_id: 'text NOT NULL',
  channel_id: 'text NOT NULL',
  prompt: 'text NOT NULL',
  duration_seconds: 'integer NOT NULL',
  aspect_ratio: 'text NOT NULL',
  resolution: 'text NOT NULL',
  generate_audio: 'boolean NOT NULL DEFAULT true',
  status: 'text NOT NULL',
  operation_name: 'text',
  created_at: 'timestamp with time zone NOT NULL DEFAULT now()',
  started_at: 'timestamp with time zone',
  completed_at: 'timestamp with time zone',
  duration_ms: 'integer',
  gcs_prefix: 'text',
  video_urls: 'text[]',
  error_message: 'text',
};

const CONSTRAINTS = {
  video_requests_pkey: 'PRIMARY KEY (id)',
  video_requests_duration_seconds_check: 'CHECK ((duration_seconds = ANY (ARRAY[4, 6, 8])))',
  video_requests_aspect_ratio_check: "CHECK ((aspect_ratio = ANY (ARRAY['16:9'::text, '9:16'::text])))",
  video_requests_resolution_check: "CHECK ((resolution = ANY (ARRAY['720p'::text, '1080p'::text])))",
  video_requests_status_check:
    "CHECK ((status = ANY (ARRAY['pending'::text, 'generating'::text, 'completed'::text, 'failed'::text, 'timeout'::text])))",
};

const INDEXES = {
  idx_video_requests_user_created:
    'CREATE INDEX idx_video_requests_user_created ON video.video_requests USING btree (user_id, created_at DESC)',
  idx_video_requests_status_created:
    'CREATE INDEX idx_video_requests_status_created ON video.video_requests USING btree (status, created_at DESC)',
  idx_video_requests_guild_created:
    'CREATE INDEX idx_video_requests_guild_created ON video.video_requests USING btree (guild_id, created_at DESC)',
  // Ours, not the seed's.
  idx_video_requests_unfinished:
    "CREATE INDEX idx_video_requests_unfinished ON video.video_requests USING btree (created_at) WHERE (status = ANY (ARRAY['pending'::text, 'generating'::text]))",
};

describe.each(servers())('video catalog on PostgreSQL $version', ({ url: server }) => {
  let database: MigratedDatabase;
  beforeAll(async () => {
    database = await migratedDatabase(server);
  });
  afterAll(() => database[Symbol.asyncDispose]());

  test('video_requests has the columns, types, nullability and defaults of the seed', async () => {
    const expected = Object.fromEntries(
      Object.entries(COLUMNS).map(([name, type]) => [`video_requests.${name}`, type]),
    );
    expect(await readColumns(database.sql, 'video')).toEqual(expected);
  });

  test("video_requests has the seed's checks under Postgres' own names", async () => {
    expect(await readConstraints(database.sql, 'video')).toEqual(CONSTRAINTS);
  });

  test("video_requests has the seed's three indexes and the one for resume, all valid", async () => {
    expect(await readIndexes(database.sql, 'video')).toEqual(INDEXES);
  });

  test('video_requests says what it holds', async () => {
    const [row] = await database.sql`SELECT obj_description('video.video_requests'::regclass) AS comment`;
    expect(row?.['comment']).toBe('Video generation requests with their full lifecycle');
  });
});
