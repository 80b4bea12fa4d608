import { index, type SqlObject, sqlFunction, trigger } from '@repo/migrate/config';
import { comments } from './comments.ts';
import { apiRequests, conversationAnalyses, hourlyStats, trainMembers, trains } from './schema.ts';

/** Keeps updated_at, whatever a writer sends. */
const setTimestamp = sqlFunction({
  schema: 'train',
  name: 'trigger_set_timestamp',
  returns: 'trigger',
  language: 'plpgsql',
  body: `
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END
`,
});

/** Refuses, at COMMIT, a train without an owner. Two transactions that each take another owner must not leave none, so the train's
 *  row is updated, to itself: the second waits for the first, and then sees its work; under REPEATABLE READ, where it would not
 *  see it, it fails with 40001. A lock alone would not do that. TRUNCATE of train_members goes unseen. */
const requireOwner = sqlFunction({
  schema: 'train',
  name: 'require_train_owner',
  returns: 'trigger',
  language: 'plpgsql',
  body: `
DECLARE
  checked uuid;
BEGIN
  IF TG_TABLE_NAME = 'trains' THEN
    checked := NEW.id;
    PERFORM FROM train.trains WHERE id = checked;
  ELSE
    IF OLD.role <> 'owner' THEN RETURN NULL; END IF;
    IF TG_OP = 'UPDATE' AND NEW.role = 'owner' AND NEW.train_id = OLD.train_id THEN RETURN NULL; END IF;
    checked := OLD.train_id;
    UPDATE train.trains SET updated_at = updated_at WHERE id = checked;
  END IF;
  -- the train itself is gone: so may its owners
  IF NOT FOUND THEN RETURN NULL; END IF;
  IF NOT EXISTS (SELECT FROM train.train_members WHERE train_id = checked AND role = 'owner') THEN
    RAISE EXCEPTION 'train % would be left without an owner', checked
      USING ERRCODE = 'check_violation', SCHEMA = 'train', TABLE = 'train_members',
        CONSTRAINT = 'train_members_owner_required',
        HINT = 'add or promote another owner in the same transaction';
  END IF;
  RETURN NULL;
END
`,
});

/** What drizzle-kit cannot model, in dependency order. */
export const objects: readonly SqlObject[] = [
  // one row per hour, train and model, also where the model is NULL; REFRESH … CONCURRENTLY needs it
  index({
    name: 'idx_hourly_stats_hour_train_model',
    on: hourlyStats,
    columns: [hourlyStats.hour, hourlyStats.trainId, hourlyStats.model],
    unique: true,
    nullsNotDistinct: true,
  }),
  // a conversation in order, for lists that need no more than these columns: read from the index alone
  index({
    name: 'idx_api_requests_conversation_covering',
    on: apiRequests,
    columns: [apiRequests.conversationId, apiRequests.timestamp],
    include: [
      apiRequests.requestId,
      apiRequests.trainId,
      apiRequests.branchId,
      apiRequests.model,
      apiRequests.totalTokens,
      apiRequests.messageCount,
    ],
    where: 'conversation_id IS NOT NULL',
  }),
  setTimestamp,
  trigger({
    name: 'set_timestamp_on_conversation_analyses',
    on: conversationAnalyses,
    fires: 'BEFORE UPDATE',
    execute: 'train.trigger_set_timestamp()',
  }),
  requireOwner,
  trigger({
    name: 'require_owner_on_trains',
    on: trains,
    fires: 'AFTER INSERT',
    deferred: true,
    execute: 'train.require_train_owner()',
  }),
  trigger({
    name: 'require_owner_on_train_members',
    on: trainMembers,
    fires: 'AFTER UPDATE OF role, train_id OR DELETE',
    deferred: true,
    execute: 'train.require_train_owner()',
  }),
  ...comments,
];
