import { sql } from 'drizzle-orm';
import { check, foreignKey, index, unique, uuid, varchar } from 'drizzle-orm/pg-core';
import { timestamptz } from '../../columns/timestamptz.ts';
import { trainSchema } from './train.ts';
import { trains } from './trains.ts';

/** What a member may do: owners manage members, keys and accounts. */
export const TRAIN_ROLES = ['owner', 'member'] as const;
export type TrainRole = (typeof TRAIN_ROLES)[number];

/** One row per person in a train. Written by the dashboard. Each train keeps at least one owner: a change that takes the last one
 *  is refused at COMMIT. */
export const trainMembers = trainSchema.table(
  'train_members',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    trainId: uuid('train_id').notNull(),
    /** As the OAuth login gives it; todo@localhost stands for an owner still to be named. */
    userEmail: varchar('user_email', { length: 255 }).notNull(),
    role: varchar('role', { length: 20 }).$type<TrainRole>().notNull(),
    addedAt: timestamptz('added_at').notNull().defaultNow(),
    /** E-mail address, or system. */
    addedBy: varchar('added_by', { length: 255 }).notNull(),
  },
  (t) => [
    foreignKey({ name: 'train_members_train_id_fkey', columns: [t.trainId], foreignColumns: [trains.id] }).onDelete(
      'cascade',
    ),
    check('train_members_role_check', sql`${t.role} IN ('owner', 'member')`),
    // is this person in this train
    unique('train_members_train_id_user_email_key').on(t.trainId, t.userEmail),
    // one train's members (the seed names it, though the composite begins with it)
    index('idx_train_members_train_id').on(t.trainId),
    // a person's trains
    index('idx_train_members_user_email').on(t.userEmail),
    // one train's owners
    index('idx_train_members_role').on(t.trainId, t.role),
  ],
);
