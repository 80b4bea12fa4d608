import { foreignKey, index, unique, uuid } from 'drizzle-orm/pg-core';
import { timestamptz } from '../../columns/timestamptz.ts';
import { anthropicCredentials } from './anthropic-credentials.ts';
import { trainSchema } from './train.ts';
import { trains } from './trains.ts';

/** One row per account that a train may use; the proxy fails over among them. Written by the dashboard. */
export const trainAccounts = trainSchema.table(
  'train_accounts',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    /** trains.id, not trains.train_id. */
    trainId: uuid('train_id').notNull(),
    credentialId: uuid('credential_id').notNull(),
    createdAt: timestamptz('created_at').defaultNow(),
  },
  (t) => [
    foreignKey({ name: 'train_accounts_train_id_fkey', columns: [t.trainId], foreignColumns: [trains.id] }).onDelete(
      'cascade',
    ),
    foreignKey({
      name: 'train_accounts_credential_id_fkey',
      columns: [t.credentialId],
      foreignColumns: [anthropicCredentials.id],
    }).onDelete('cascade'),
    // one train's accounts
    unique('train_accounts_train_id_credential_id_key').on(t.trainId, t.credentialId),
    // the trains that an account serves
    index('idx_train_accounts_credential_id').on(t.credentialId),
  ],
);
