import type { Backfill } from '@repo/migrate/config';
import { DEFAULT_OWNER } from './default-owners.ts';

/** Migrations 012 to 014: the trains that requests name. The rename of `domain` keeps every value where it is; this gives each
 *  value a train, so that no request names one that does not exist. */
export const trainIds: Backfill = {
  name: 'train-ids',
  rule:
    'Each train id that a request names and that no train has becomes a train of that id and name, owned by ' +
    `${DEFAULT_OWNER.userEmail} until someone takes it over. Existing trains are never changed. A blank id names no train.`,
  table: 'train.api_requests',
  key: { column: 'request_id', type: 'uuid' },
  batch: `
    WITH made AS (
      INSERT INTO train.trains (train_id, name)
      SELECT DISTINCT r.train_id, r.train_id FROM train.api_requests AS r
      WHERE ($1::uuid IS NULL OR r.request_id > $1) AND r.request_id <= $2 AND btrim(r.train_id) <> ''
        AND NOT EXISTS (SELECT FROM train.trains AS t WHERE t.train_id = r.train_id)
      ON CONFLICT (train_id) DO NOTHING
      RETURNING id
    )
    INSERT INTO train.train_members (train_id, user_email, role, added_by)
    SELECT id, '${DEFAULT_OWNER.userEmail}', 'owner', '${DEFAULT_OWNER.addedBy}' FROM made`,
  // one index probe per distinct train id, however many requests there are
  remaining: `
    WITH RECURSIVE named AS (
      (SELECT train_id FROM train.api_requests ORDER BY train_id LIMIT 1)
      UNION ALL
      SELECT (SELECT r.train_id FROM train.api_requests AS r WHERE r.train_id > named.train_id ORDER BY r.train_id LIMIT 1)
      FROM named WHERE named.train_id IS NOT NULL
    )
    SELECT count(*) FROM named
    WHERE btrim(train_id) <> '' AND NOT EXISTS (SELECT FROM train.trains AS t WHERE t.train_id = named.train_id)`,
};
