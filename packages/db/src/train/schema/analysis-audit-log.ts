import { index, jsonb, serial, uuid, varchar } from 'drizzle-orm/pg-core';
import { timestamptz } from '../../columns/timestamptz.ts';
import type { AuditDetails } from './json.ts';
import { trainSchema } from './train.ts';

/** One row per step of an analysis: requested, regenerated, completed, refused … Written by the dashboard and the analysis
 *  worker; never updated. */
export const analysisAuditLog = trainSchema.table(
  'analysis_audit_log',
  {
    id: serial('id').primaryKey(),
    /** For example ANALYSIS_REQUEST. */
    eventType: varchar('event_type', { length: 50 }).notNull(),
    /** For example SUCCESS, FAIL_RATE_LIMIT. */
    outcome: varchar('outcome', { length: 50 }).notNull(),
    conversationId: uuid('conversation_id').notNull(),
    branchId: varchar('branch_id', { length: 255 }).notNull(),
    trainId: varchar('train_id', { length: 255 }).notNull(),
    /** The HTTP request that caused the step; not api_requests.request_id. */
    requestId: varchar('request_id', { length: 255 }).notNull(),
    /** Who asked. */
    userContext: jsonb('user_context').$type<AuditDetails>().default({}),
    metadata: jsonb('metadata').$type<AuditDetails>().default({}),
    timestamp: timestamptz('timestamp').notNull().defaultNow(),
  },
  (t) => [
    // what happened to one conversation's analyses
    index('idx_analysis_audit_log_conversation').on(t.conversationId, t.branchId),
    // what a train asked for
    index('idx_analysis_audit_log_train_id').on(t.trainId),
    // newest events, retention
    index('idx_analysis_audit_log_timestamp').on(t.timestamp),
    // events of a kind
    index('idx_analysis_audit_log_event_type').on(t.eventType),
  ],
);
