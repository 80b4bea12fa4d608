import type { Backfill } from '@repo/migrate/config';

/** Rows without a parent for which exactly one can be it. */
const FOUND = (range: string) => `
    SELECT child.request_id, (array_agg(parent.request_id))[1] AS parent_request_id
    FROM train.api_requests AS child
    JOIN train.api_requests AS parent ON parent.current_message_hash = child.parent_message_hash
      AND parent.conversation_id = child.conversation_id
      AND parent.request_id <> child.request_id
      AND parent."timestamp" < child."timestamp"
    WHERE child.parent_request_id IS NULL AND child.parent_message_hash IS NOT NULL
      ${range}
    GROUP BY child.request_id
    HAVING count(*) = 1`;

/** Migration 007: the request just before each request. */
export const parentLinks: Backfill = {
  name: 'parent-links',
  rule:
    'parent_request_id becomes the request of the same conversation whose current_message_hash is the parent_message_hash of this one and ' +
    'which precedes it. Known parents are never changed. Where several requests fit (a retry, a branch that came back) or none, ' +
    'it stays NULL.',
  table: 'train.api_requests',
  key: { column: 'request_id', type: 'uuid' },
  connections: 2,
  batch: `
    UPDATE train.api_requests AS request SET parent_request_id = found.parent_request_id
    FROM (${FOUND('AND ($1::uuid IS NULL OR child.request_id > $1) AND child.request_id <= $2')}) AS found
    WHERE request.request_id = found.request_id AND request.parent_request_id IS NULL`,
  remaining: `SELECT count(*) FROM (${FOUND('')}) AS found`,
};
