import { sql } from 'drizzle-orm';
import { bigserial, index, integer, jsonb, text, unique, uuid, varchar } from 'drizzle-orm/pg-core';
import { timestamptz } from '../../columns/timestamptz.ts';
import type { AuditDetails } from './json.ts';
import { trainSchema } from './train.ts';

/** States of an analysis: waiting, taken by a worker, done, given up. */
export const conversationAnalysisStatus = trainSchema.enum('conversation_analysis_status', [
  'pending',
  'processing',
  'completed',
  'failed',
]);

/** One row per branch of a conversation that was ever sent for analysis. The dashboard inserts it; workers claim the oldest
 *  pending one with SKIP LOCKED and write the outcome. A trigger keeps updated_at. */
export const conversationAnalyses = trainSchema.table(
  'conversation_analyses',
  {
    id: bigserial('id', { mode: 'bigint' }).primaryKey(),
    conversationId: uuid('conversation_id').notNull(),
    branchId: varchar('branch_id', { length: 255 }).notNull().default('main'),
    status: conversationAnalysisStatus('status').notNull().default('pending'),
    modelUsed: varchar('model_used', { length: 255 }).default('gemini-2.5-pro'),
    /** For people. NULL: not analysed. */
    analysisContent: text('analysis_content'),
    /** For programs. NULL: not analysed, or the model's answer was not structured. */
    analysisData: jsonb('analysis_data').$type<AuditDetails>(),
    /** The model's answer as received. */
    rawResponse: jsonb('raw_response').$type<unknown>(),
    /** NULL: the last attempt did not fail. */
    errorMessage: text('error_message'),
    /** Attempts after the first; at most 3. */
    retryCount: integer('retry_count').default(0),
    generatedAt: timestamptz('generated_at'),
    processingDurationMs: integer('processing_duration_ms'),
    promptTokens: integer('prompt_tokens'),
    completionTokens: integer('completion_tokens'),
    createdAt: timestamptz('created_at').notNull().defaultNow(),
    /** Of the last change; kept by a trigger. A row in processing for 5 minutes is stuck. */
    updatedAt: timestamptz('updated_at').notNull().defaultNow(),
    /** When the status became completed or failed. NULL: neither. */
    completedAt: timestamptz('completed_at'),
    /** What a user asked the analysis to look at. NULL: the standard prompt. */
    customPrompt: text('custom_prompt'),
  },
  (t) => [
    // look-ups by conversation, with or without branch
    unique('conversation_analyses_conversation_id_branch_id_key').on(t.conversationId, t.branchId),
    // workers: the oldest pending analysis
    index('idx_conversation_analyses_pending').on(t.createdAt).where(sql`${t.status} = 'pending'`),
    // the sweep for stuck analyses: processing and not touched for 5 minutes
    index('idx_conversation_analyses_processing').on(t.updatedAt).where(sql`${t.status} = 'processing'`),
  ],
);
