import type { Backfill } from '@repo/migrate/config';
import { readEnv } from '../../env.ts';

/** The history's names change while this step stays useful: the column is `domain` before the rename and `train_id` after it.
 *  A name that api_requests lacks falls through to `absent`, where it is NULL. */
const UNKNOWN_ACCOUNTS = (map: string) => `
  (SELECT NULL::text AS domain, NULL::text AS train_id) AS absent
  CROSS JOIN LATERAL (
    SELECT request_id, ${map} ->> coalesce(domain, train_id) AS account_id
    FROM train.api_requests AS r
    WHERE r.account_id IS NULL AND ${map} <> '{}'`;

/** Migration 005: which account served a request, by a mapping that the operator gives in TRAIN_ACCOUNT_MAP. */
export const accountIds: Backfill = {
  name: 'account-ids',
  rule:
    'account_id becomes the account that TRAIN_ACCOUNT_MAP names for the domain (train id) of the request, compared exactly. ' +
    'Known account ids are never changed. A domain that the map does not name stays NULL, and so does everything while the map is empty: ' +
    'set it and run the step again.',
  table: 'train.api_requests',
  key: { column: 'request_id', type: 'uuid' },
  connections: 2,
  get parameters() {
    return [readEnv().trainAccountMap];
  },
  batch: `
    UPDATE train.api_requests AS request SET account_id = found.account_id
    FROM ${UNKNOWN_ACCOUNTS("($3::jsonb #>> '{}')::jsonb")}
        AND ($1::uuid IS NULL OR request_id > $1) AND request_id <= $2
      ) AS found
    WHERE request.request_id = found.request_id AND request.account_id IS NULL AND found.account_id IS NOT NULL`,
  remaining: `
    SELECT count(*) FROM ${UNKNOWN_ACCOUNTS("($1::jsonb #>> '{}')::jsonb")}
      ) AS found
    WHERE found.account_id IS NOT NULL`,
};
