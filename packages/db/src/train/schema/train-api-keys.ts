import { foreignKey, index, text, unique, uuid, varchar } from 'drizzle-orm/pg-core';
import { timestamptz } from '../../columns/timestamptz.ts';
import { trainSchema } from './train.ts';
import { trains } from './trains.ts';

/** One row per client key ever issued for a train. Written by the dashboard; never deleted but with its train, only revoked. */
export const trainApiKeys = trainSchema.table(
  'train_api_keys',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    trainId: uuid('train_id').notNull(),
    /** Secret: the whole key, cnp_live_…, in clear text; shown once. */
    apiKey: text('api_key').notNull(),
    /** First characters, for lists. */
    keyPrefix: varchar('key_prefix', { length: 20 }).notNull(),
    /** Last characters, for lists. */
    keySuffix: varchar('key_suffix', { length: 10 }).notNull(),
    name: varchar('name', { length: 255 }),
    /** E-mail address of the member who made it. */
    createdBy: varchar('created_by', { length: 255 }),
    createdAt: timestamptz('created_at').defaultNow(),
    /** Updated by the proxy on each call. NULL: never used. */
    lastUsedAt: timestamptz('last_used_at'),
    /** When the key stopped working. NULL: live. */
    revokedAt: timestamptz('revoked_at'),
    revokedBy: varchar('revoked_by', { length: 255 }),
  },
  (t) => [
    foreignKey({ name: 'train_api_keys_train_id_fkey', columns: [t.trainId], foreignColumns: [trains.id] }).onDelete(
      'cascade',
    ),
    // every proxied request looks its key up here
    unique('train_api_keys_api_key_key').on(t.apiKey),
    // one train's keys
    index('idx_train_api_keys_train_id').on(t.trainId),
  ],
);
