import { sql } from 'drizzle-orm';
import { boolean, char, check, foreignKey, index, integer, jsonb, text, uuid, varchar } from 'drizzle-orm/pg-core';
import { timestamptz } from '../../columns/timestamptz.ts';
import type { RequestBody, ResponseBody, StoredHeaders, TaskInvocation, UsageData } from './json.ts';
import { trainSchema } from './train.ts';

/** One row per request that passed the proxy. The proxy inserts it when the request arrives (a second insert of the same id is
 *  ignored) and updates it once, when the response has ended. */
export const apiRequests = trainSchema.table(
  'api_requests',
  {
    requestId: uuid('request_id').primaryKey(),
    /** The train that the client named; equals trains.train_id where that train exists. Not a foreign key: requests are kept. */
    trainId: varchar('train_id', { length: 255 }).notNull(),
    /** When the proxy received the request. */
    timestamp: timestamptz('timestamp').notNull(),
    method: varchar('method', { length: 10 }).notNull(),
    path: varchar('path', { length: 255 }).notNull(),
    /** NULL: not stored. */
    headers: jsonb('headers').$type<StoredHeaders>(),
    /** NULL: the request had no JSON body, or storing bodies is off. */
    body: jsonb('body').$type<RequestBody>(),
    /** SHA-256 of the client's key, 64 hex digits. NULL: the client sent none. */
    apiKeyHash: varchar('api_key_hash', { length: 64 }),
    /** NULL: the request named no model. */
    model: varchar('model', { length: 100 }),
    /** What the proxy took it for, for example inference or query_evaluation. NULL: not classified. */
    requestType: varchar('request_type', { length: 50 }),
    /** HTTP status. NULL: no response yet, or none ever. */
    responseStatus: integer('response_status'),
    responseHeaders: jsonb('response_headers').$type<StoredHeaders>(),
    /** NULL: no response yet. */
    responseBody: jsonb('response_body').$type<ResponseBody>(),
    responseStreaming: boolean('response_streaming').default(false),
    inputTokens: integer('input_tokens').default(0),
    outputTokens: integer('output_tokens').default(0),
    totalTokens: integer('total_tokens').default(0),
    /** Tokens written to the prompt cache. */
    cacheCreationInputTokens: integer('cache_creation_input_tokens').default(0),
    /** Tokens read from the prompt cache. */
    cacheReadInputTokens: integer('cache_read_input_tokens').default(0),
    usageData: jsonb('usage_data').$type<UsageData>(),
    /** Milliseconds until the first token. NULL: not streamed, or none came. */
    firstTokenMs: integer('first_token_ms'),
    /** Milliseconds until the response ended. NULL: it has not. */
    durationMs: integer('duration_ms'),
    /** What went wrong. NULL: nothing did. */
    error: text('error'),
    toolCallCount: integer('tool_call_count').default(0),
    createdAt: timestamptz('created_at').defaultNow(),
    /** SHA-256 of the messages so far, system prompt left out, 64 hex digits. NULL: not a conversation. */
    currentMessageHash: char('current_message_hash', { length: 64 }),
    /** current_message_hash of the request that this one goes on from. NULL: it begins a conversation. */
    parentMessageHash: char('parent_message_hash', { length: 64 }),
    /** Groups the requests of one conversation. NULL: not a conversation. */
    conversationId: uuid('conversation_id'),
    /** main, subtask_N, compact_…, or a branch that a user opened by editing an earlier message. */
    branchId: varchar('branch_id', { length: 255 }).default('main'),
    /** Messages in the conversation up to and with this request. */
    messageCount: integer('message_count').default(0),
    /** The request whose Task tool started the sub-task that this row belongs to. NULL: not a sub-task, or unknown. */
    parentTaskRequestId: uuid('parent_task_request_id'),
    isSubtask: boolean('is_subtask').default(false),
    /** Uses of the Task tool in this row's response. NULL: none, or the response was not looked at. */
    taskToolInvocation: jsonb('task_tool_invocation').$type<readonly TaskInvocation[]>(),
    /** anthropic_credentials.account_id of the account that served the request. NULL: unknown. */
    accountId: varchar('account_id', { length: 255 }),
    /** SHA-256 of the system prompt alone, 64 hex digits. NULL: there was none, or it is unknown. */
    systemHash: varchar('system_hash', { length: 64 }),
    /** The request just before this one in its conversation. NULL: it is the first, or which one is not certain. */
    parentRequestId: uuid('parent_request_id'),
  },
  (t) => [
    // a request can be deleted while others name it as parent: they keep their conversation and lose the link
    foreignKey({
      name: 'api_requests_parent_task_request_id_fkey',
      columns: [t.parentTaskRequestId],
      foreignColumns: [t.requestId],
    }).onDelete('set null'),
    foreignKey({
      name: 'api_requests_parent_request_id_fkey',
      columns: [t.parentRequestId],
      foreignColumns: [t.requestId],
    }).onDelete('set null'),
    check('api_requests_parent_request_id_check', sql`${t.parentRequestId} <> ${t.requestId}`),
    // one train's requests, newest or not, and the list of train ids
    index('idx_api_requests_train_id').on(t.trainId),
    // the dashboard's last 24 hours, token windows, retention
    index('idx_api_requests_timestamp').on(t.timestamp),
    // statistics by model
    index('idx_api_requests_model').on(t.model),
    // statistics by request type
    index('idx_api_requests_request_type').on(t.requestType),
    // all requests of a branch name, over conversations
    index('idx_api_requests_branch_id').on(t.branchId),
    // one conversation, or one branch of it; every look-up by conversation alone
    index('idx_api_requests_conversation_branch').on(t.conversationId, t.branchId),
    // linking: which requests end where a new one goes on from
    index('idx_api_requests_current_hash').on(t.currentMessageHash),
    // linking: which requests go on from here (branches)
    index('idx_api_requests_parent_hash').on(t.parentMessageHash),
    // linking: candidates of a length
    index('idx_api_requests_message_count').on(t.messageCount),
    // sub-tasks of a request, and the foreign key's own look-up when a request is deleted
    index('idx_api_requests_parent_task_request_id')
      .on(t.parentTaskRequestId)
      .where(sql`${t.parentTaskRequestId} IS NOT NULL`),
    // task_tool_invocation @> '[{"prompt": …}]': which request started this sub-task
    index('idx_api_requests_task_tool_invocation')
      .using('gin', t.taskToolInvocation.op('jsonb_path_ops'))
      .where(sql`${t.taskToolInvocation} IS NOT NULL`),
    // window functions over a conversation: latest request first
    index('idx_api_requests_conversation_timestamp_id')
      .on(t.conversationId, t.timestamp.desc().nullsFirst(), t.requestId.desc().nullsFirst())
      .where(sql`${t.conversationId} IS NOT NULL`),
    // a conversation without its sub-tasks, or only those, in order
    index('idx_api_requests_conversation_subtask')
      .on(t.conversationId, t.isSubtask, t.timestamp, t.requestId)
      .where(sql`${t.conversationId} IS NOT NULL`),
    // token usage of an account in a time window (5 hours, a day)
    index('idx_api_requests_account_timestamp').on(t.accountId, t.timestamp),
    // linking: conversations that share a system prompt
    index('idx_api_requests_system_hash').on(t.systemHash),
    // children of a request, and the foreign key's own look-up when a request is deleted
    index('idx_api_requests_parent_request_id').on(t.parentRequestId),
    // recent requests that started sub-tasks: the time window of sub-task linking
    index('idx_api_requests_task_timestamp')
      .on(t.timestamp.desc().nullsFirst())
      .where(sql`${t.taskToolInvocation} IS NOT NULL`),
    // one train's answered requests, newest first
    index('idx_api_requests_train_timestamp_response')
      .on(t.trainId, t.timestamp.desc().nullsFirst())
      .where(sql`${t.responseBody} IS NOT NULL`),
    // response_body @> '{"content": [{"type": "tool_use", "name": "Task"}]}'
    index('idx_api_requests_response_body').using('gin', t.responseBody.op('jsonb_path_ops')),
    // the next number of a conversation's sub-tasks, and its sub-tasks before a time
    index('idx_api_requests_subtask_sequence')
      .on(t.conversationId, t.timestamp)
      .where(sql`${t.branchId} LIKE 'subtask_%'`),
  ],
);
