import type { Variant } from '../bed.ts';
import { otherPeople, otherTools } from '../other-people.ts';

/** File 004 of the running bot: images have neither length nor resolution nor sound, and five shapes. */
const IMAGES = `
  ALTER TABLE video_requests ADD COLUMN IF NOT EXISTS request_type text NOT NULL DEFAULT 'veo' CHECK (request_type IN ('veo', 'banana'));
  ALTER TABLE video_requests ALTER duration_seconds DROP NOT NULL, ALTER resolution DROP NOT NULL, ALTER generate_audio DROP NOT NULL,
    DROP CONSTRAINT video_requests_duration_seconds_check, DROP CONSTRAINT video_requests_resolution_check,
    DROP CONSTRAINT video_requests_aspect_ratio_check,
    ADD CONSTRAINT video_requests_duration_seconds_check CHECK (duration_seconds IS NULL OR duration_seconds IN (4, 6, 8)),
    ADD CONSTRAINT video_requests_resolution_check CHECK (resolution IS NULL OR resolution IN ('720p', '1080p')),
    ADD CONSTRAINT video_requests_aspect_ratio_check CHECK (aspect_ratio IN ('16:9', '9:16', '1:1', '4:3', '3:4'));
  CREATE INDEX idx_video_requests_user_type_created ON video_requests (user_id, request_type, created_at DESC);
  INSERT INTO video_requests (id, user_id, guild_id, channel_id, prompt, duration_seconds, aspect_ratio, resolution, generate_audio, status, request_type, created_at)
  SELECT md5('image ' || n)::uuid, (800000000000000000 + n % 211)::text, 'dm', '7', 'an image ☕ ' || n, NULL,
    (ARRAY['16:9', '9:16', '1:1', '4:3', '3:4'])[n % 5 + 1], NULL, NULL, 'pending', 'banana', timestamptz '2026-10-25 00:59:59.999999+00' + n * interval '1 second'
  FROM generate_series(1, 500) AS n;`;

/** What runs of files by glob, half undone files and the image feature have left elsewhere. */
export const variants: readonly Variant[] = [
  {
    name: 'images',
    hazard: 'image requests are in the table: no length, no resolution, no sound, five shapes, pending for ever',
    sql: IMAGES,
    expect: { keeps: ['video_requests.request_type', 'idx_video_requests_user_type_created'] },
  },
  {
    name: 'down-half-run',
    hazard: '004.down dropped the checks and failed on the first SET NOT NULL',
    sql: `${IMAGES}
      ALTER TABLE video_requests DROP CONSTRAINT video_requests_duration_seconds_check, DROP CONSTRAINT video_requests_resolution_check,
        DROP CONSTRAINT video_requests_aspect_ratio_check;
      UPDATE video_requests SET duration_seconds = 5, resolution = '480p' WHERE id = md5('image 1')::uuid;`,
    expect: { keeps: ['video_requests.request_type'] },
  },
  {
    name: 'first-file-only',
    hazard: 'only 001 ran: no index, no comment',
    sql: `DROP INDEX idx_video_requests_user_created, idx_video_requests_status_created, idx_video_requests_guild_created;
      COMMENT ON TABLE video_requests IS NULL;`,
  },
  {
    name: 'ascending',
    hazard: 'the indexes were made without DESC, and the one of unfinished requests is there already',
    sql: `DROP INDEX idx_video_requests_user_created, idx_video_requests_status_created, idx_video_requests_guild_created;
      CREATE INDEX idx_video_requests_user_created ON video_requests (user_id, created_at);
      CREATE INDEX idx_video_requests_guild_created ON video_requests USING btree (guild_id, created_at);
      CREATE INDEX unfinished ON video_requests (created_at) WHERE status IN ('pending', 'generating');`,
  },
  {
    name: 'wiped-by-glob',
    hazard:
      'a glob over the folder ran 001.down first: the table is new and empty, and has an older shape without timeout',
    sql: `DELETE FROM video_requests;
      ALTER TABLE video_requests DROP CONSTRAINT video_requests_status_check,
        ADD CHECK (status IN ('pending', 'generating', 'completed', 'failed'));`,
  },
  {
    name: 'other-types',
    hazard:
      'made by an ORM: varchar, moments without zone, json URLs beside ours, names of its own and columns that are counted up by a trigger',
    sql: `ALTER TABLE video_requests ALTER user_id TYPE varchar(32), ALTER status TYPE varchar(20), ALTER duration_seconds TYPE smallint;
      SET LOCAL TimeZone = 'UTC';
      ALTER TABLE video_requests ALTER created_at TYPE timestamp, ALTER created_at SET DEFAULT now(),
        ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now(), ADD COLUMN version integer NOT NULL DEFAULT 0;
      ALTER TABLE video_requests RENAME CONSTRAINT video_requests_pkey TO "PK_5f3a";
      ALTER INDEX idx_video_requests_guild_created RENAME TO "IDX_77aa";
      CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at := now(); NEW.version := OLD.version + 1; RETURN NEW; END $$;
      CREATE TRIGGER touch BEFORE UPDATE ON video_requests FOR EACH ROW EXECUTE FUNCTION touch();`,
    expect: { keeps: ['video_requests.updated_at', 'video_requests.version', 'touch()'] },
  },
  {
    name: 'twice-the-same-id',
    hazard: 'the primary key was lost in a copy, and a replay wrote some requests twice',
    sql: `ALTER TABLE video_requests DROP CONSTRAINT video_requests_pkey, ALTER id DROP NOT NULL, ALTER id DROP DEFAULT;
      INSERT INTO video_requests SELECT * FROM video_requests ORDER BY id LIMIT 25;`,
    expect: { quarantines: { video_requests: 25 } },
  },
  otherPeople('video_requests', 'id', 'uuid', 'guild_id'),
  otherTools(['001_create_video_requests', '002_add_indexes', '004_add_request_type']),
];
