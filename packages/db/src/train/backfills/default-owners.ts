import type { Backfill } from '@repo/migrate/config';

/** Stands for an owner whom someone has yet to name. */
export const DEFAULT_OWNER = { userEmail: 'todo@localhost', addedBy: 'system' } as const;

const OWNERLESS = `NOT EXISTS (SELECT FROM train.train_members AS m WHERE m.train_id = t.id AND m.role = 'owner')`;

/** Migration 014: an owner for each train that was there before members were. */
export const defaultOwners: Backfill = {
  name: 'default-owners',
  rule:
    `Each train without an owner gets ${DEFAULT_OWNER.userEmail} as owner, added by ${DEFAULT_OWNER.addedBy}; where that ` +
    'address is a member already, it is promoted. No other member is promoted: who should own a train cannot be told from the data.',
  table: 'train.trains',
  key: { column: 'id', type: 'uuid' },
  batch: `
    INSERT INTO train.train_members (train_id, user_email, role, added_by)
    SELECT t.id, '${DEFAULT_OWNER.userEmail}', 'owner', '${DEFAULT_OWNER.addedBy}' FROM train.trains AS t
    WHERE ($1::uuid IS NULL OR t.id > $1) AND t.id <= $2 AND ${OWNERLESS}
    ON CONFLICT (train_id, user_email) DO UPDATE SET role = 'owner'`,
  remaining: `SELECT count(*) FROM train.trains AS t WHERE ${OWNERLESS}`,
};
