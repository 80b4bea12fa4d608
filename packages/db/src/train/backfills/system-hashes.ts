import type { Backfill } from '@repo/migrate/config';

/** Rows without a system hash that have a system prompt, and its text. */
const FOUND = (range: string) => `
    SELECT r.request_id, prompt.content
    FROM train.api_requests AS r
    CROSS JOIN LATERAL (
      SELECT CASE jsonb_typeof(r.body -> 'system')
        WHEN 'string' THEN r.body ->> 'system'
        WHEN 'array' THEN (
          SELECT string_agg(block ->> 'text', E'\\n' ORDER BY position)
          FROM jsonb_array_elements(r.body -> 'system') WITH ORDINALITY AS system (block, position)
          WHERE block ->> 'type' = 'text' AND jsonb_typeof(block -> 'text') = 'string')
        END AS content
    ) AS prompt
    WHERE r.system_hash IS NULL AND r.body IS NOT NULL AND prompt.content <> ''
      ${range}`;

/** Migration 006: the hash of the system prompt, where the stored request still has the prompt. */
export const systemHashes: Backfill = {
  name: 'system-hashes',
  rule:
    'system_hash becomes the SHA-256, 64 lower-case hex digits, of the UTF-8 text of body.system: a string as it stands, or the texts of ' +
    'the blocks of type text, in order, joined by line feeds. Known hashes are never changed. Without a body, without a system prompt, or ' +
    'with an empty one it stays NULL. The text is hashed as sent: a writer that leaves volatile parts out gives other hashes, so ' +
    'equal hashes mean equal prompts, and unequal ones across writers mean nothing.',
  table: 'train.api_requests',
  key: { column: 'request_id', type: 'uuid' },
  connections: 2,
  batchSize: 1_000,
  batch: `
    UPDATE train.api_requests AS request
    SET system_hash = encode(sha256(convert_to(found.content, 'UTF8')), 'hex')
    FROM (${FOUND('AND ($1::uuid IS NULL OR r.request_id > $1) AND r.request_id <= $2')}) AS found
    WHERE request.request_id = found.request_id AND request.system_hash IS NULL`,
  remaining: `SELECT count(*) FROM (${FOUND('')}) AS found`,
};
