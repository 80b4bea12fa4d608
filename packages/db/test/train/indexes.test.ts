import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoHash, demoUuid } from '../../src/train/demo/dice.ts';
import { demoAccountId, demoTrainId } from '../../src/train/demo/trains.ts';
import { seed } from '../../src/train/seed.ts';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { explain } from '../support/explain.ts';
import { vacuumUntilVisible } from '../support/vacuum.ts';

const CONVERSATION = `conversation_id = '${demoUuid('conversation', 7)}'`;
const REQUEST = demoUuid('request', 73);
const FROM = 'FROM train.api_requests WHERE';
const LAST_DAY = `"timestamp" > '2026-10-31'`;
const TRAIN = demoUuid('train', 42);

/** [what the application asks, the index that serves it, the query] */
const QUERIES: readonly (readonly [string, string, string])[] = [
  ['requests of a train', 'idx_api_requests_train_id', `SELECT body ${FROM} train_id = '${demoTrainId(3)}'`],
  ['the last day', 'idx_api_requests_timestamp', `SELECT sum(total_tokens) ${FROM} ${LAST_DAY}`],
  ['requests of a model', 'idx_api_requests_model', `SELECT body ${FROM} model = 'claude-3-5-haiku-20241022'`],
  ['requests of a type', 'idx_api_requests_request_type', `SELECT body ${FROM} request_type = 'quota'`],
  ['a branch name', 'idx_api_requests_branch_id', `SELECT body ${FROM} branch_id = 'branch_70'`],
  [
    'a branch of a conversation',
    'idx_api_requests_conversation_branch',
    `SELECT body ${FROM} ${CONVERSATION} AND branch_id = 'main'`,
  ],
  [
    'which request ends here',
    'idx_api_requests_current_hash',
    `SELECT request_id ${FROM} current_message_hash = '${demoHash('messages', 73)}'`,
  ],
  [
    'which requests go on from here',
    'idx_api_requests_parent_hash',
    `SELECT request_id ${FROM} parent_message_hash = '${demoHash('messages', 73)}'`,
  ],
  [
    'conversations of a length',
    'idx_api_requests_message_count',
    `SELECT request_id ${FROM} message_count = 19 AND system_hash <> 'x' LIMIT 100`,
  ],
  [
    'the list of a conversation, from the index alone',
    'idx_api_requests_conversation_covering',
    `SELECT request_id, train_id, branch_id, model, total_tokens, message_count ${FROM} ${CONVERSATION} ORDER BY "timestamp"`,
  ],
  [
    'sub-tasks of a request',
    'idx_api_requests_parent_task_request_id',
    `SELECT body ${FROM} parent_task_request_id = '${REQUEST}'`,
  ],
  [
    'which request started this sub-task',
    'idx_api_requests_task_tool_invocation',
    `SELECT request_id ${FROM} task_tool_invocation @> '[{"prompt": "Find the bug"}]'`,
  ],
  [
    'the latest request of a conversation',
    'idx_api_requests_conversation_timestamp_id',
    `SELECT response_body ${FROM} ${CONVERSATION} ORDER BY "timestamp" DESC, request_id DESC LIMIT 1`,
  ],
  [
    'the sub-tasks of a conversation, in order',
    'idx_api_requests_conversation_subtask',
    `SELECT body ${FROM} ${CONVERSATION} AND is_subtask = true ORDER BY "timestamp", request_id`,
  ],
  [
    'usage of an account in a window',
    'idx_api_requests_account_timestamp',
    `SELECT sum(total_tokens) ${FROM} account_id = '${demoAccountId(1)}' AND "timestamp" > '2026-10-01'`,
  ],
  [
    'requests with a system prompt',
    'idx_api_requests_system_hash',
    `SELECT body ${FROM} system_hash = '${demoHash('system', 13)}'`,
  ],
  [
    'children of a request',
    'idx_api_requests_parent_request_id',
    `SELECT body ${FROM} parent_request_id = '${REQUEST}'`,
  ],
  [
    'recent requests that started sub-tasks',
    'idx_api_requests_task_timestamp',
    `SELECT task_tool_invocation ${FROM} task_tool_invocation IS NOT NULL AND "timestamp" < '2026-10-20' ORDER BY "timestamp" DESC LIMIT 100`,
  ],
  [
    'answered requests of a train, newest first',
    'idx_api_requests_train_timestamp_response',
    `SELECT response_body ${FROM} train_id = '${demoTrainId(0)}' AND response_body IS NOT NULL ORDER BY "timestamp" DESC LIMIT 20`,
  ],
  [
    'responses that used a tool',
    'idx_api_requests_response_body',
    `SELECT request_id ${FROM} response_body @> '{"content": [{"type": "tool_use", "id": "toolu_73"}]}'`,
  ],
  [
    'the last sub-task of a conversation before a time',
    'idx_api_requests_subtask_sequence',
    `SELECT branch_id, body ${FROM} ${CONVERSATION} AND branch_id LIKE 'subtask_%' AND "timestamp" < '2026-11-01' ORDER BY "timestamp" DESC LIMIT 1`,
  ],
  [
    'chunks of a stream in order',
    'streaming_chunks_request_id_chunk_index_key',
    `SELECT data FROM train.streaming_chunks WHERE request_id = '${REQUEST}' ORDER BY chunk_index`,
  ],
  [
    'hours of a day',
    'idx_hourly_stats_hour_train_model',
    `SELECT * FROM train.hourly_stats WHERE hour >= '2026-10-31' AND hour < '2026-11-01'`,
  ],
  [
    'the analysis of a branch',
    'conversation_analyses_conversation_id_branch_id_key',
    `SELECT * FROM train.conversation_analyses WHERE ${CONVERSATION} AND branch_id = 'main'`,
  ],
  [
    'the oldest pending analyses',
    'idx_conversation_analyses_pending',
    `SELECT id FROM train.conversation_analyses WHERE status = 'pending' ORDER BY created_at LIMIT 3 FOR UPDATE SKIP LOCKED`,
  ],
  [
    'stuck analyses',
    'idx_conversation_analyses_processing',
    `SELECT id FROM train.conversation_analyses WHERE status = 'processing' AND updated_at < '2026-10-20'`,
  ],
  [
    'steps of a conversation',
    'idx_analysis_audit_log_conversation',
    `SELECT * FROM train.analysis_audit_log WHERE ${CONVERSATION}`,
  ],
  [
    'steps of a train',
    'idx_analysis_audit_log_train_id',
    `SELECT * FROM train.analysis_audit_log WHERE train_id = '${demoTrainId(3)}'`,
  ],
  [
    'the newest steps',
    'idx_analysis_audit_log_timestamp',
    `SELECT * FROM train.analysis_audit_log ORDER BY "timestamp" DESC LIMIT 50`,
  ],
  [
    'steps of a kind',
    'idx_analysis_audit_log_event_type',
    `SELECT * FROM train.analysis_audit_log WHERE event_type = 'ANALYSIS_REGENERATION_REQUEST'`,
  ],
  [
    'an account by its id',
    'anthropic_credentials_account_id_key',
    `SELECT * FROM train.anthropic_credentials WHERE account_id = '${demoAccountId(7)}'`,
  ],
  [
    'an account by its name',
    'anthropic_credentials_account_name_key',
    `SELECT * FROM train.anthropic_credentials WHERE account_name = 'account-7'`,
  ],
  ['a train by its id', 'trains_train_id_key', `SELECT * FROM train.trains WHERE train_id = '${demoTrainId(3)}'`],
  [
    'accounts of a train',
    'train_accounts_train_id_credential_id_key',
    `SELECT * FROM train.train_accounts WHERE train_id = '${TRAIN}'`,
  ],
  [
    'trains of an account',
    'idx_train_accounts_credential_id',
    `SELECT * FROM train.train_accounts WHERE credential_id = '${demoUuid('credential', 7)}'`,
  ],
  ['a key', 'train_api_keys_api_key_key', `SELECT * FROM train.train_api_keys WHERE api_key = 'cnp_live_x'`],
  ['keys of a train', 'idx_train_api_keys_train_id', `SELECT * FROM train.train_api_keys WHERE train_id = '${TRAIN}'`],
  [
    'members of a train by address',
    'train_members_train_id_user_email_key',
    `SELECT user_email, role FROM train.train_members WHERE train_id = '${TRAIN}' ORDER BY user_email`,
  ],
  [
    'trains of a person',
    'idx_train_members_user_email',
    `SELECT train_id FROM train.train_members WHERE user_email = 'person3@example.com'`,
  ],
  [
    'owners of a train',
    'idx_train_members_role',
    `SELECT count(*) FROM train.train_members WHERE train_id = '${TRAIN}' AND role = 'owner'`,
  ],
];

describe.each(servers())('train indexes on PostgreSQL $version', ({ url: server }) => {
  let database: MigratedDatabase;
  beforeAll(async () => {
    database = await migratedDatabase(server);
    await seed.demo(database.sql, { rows: 5_000, onProgress: () => {} });
    await database.sql`ANALYZE`;
    await vacuumUntilVisible(database.sql, 'train.api_requests');
  });
  afterAll(() => database[Symbol.asyncDispose]());

  test.each(QUERIES)('%s: %s', async (_, index, query) => {
    expect(await explain(database.sql, query)).toMatchObject({ indexes: [index] });
  });

  test('members of a train: one of the three indexes that begin with train_id (the seed names all)', async () => {
    const { indexes } = await explain(database.sql, `SELECT * FROM train.train_members WHERE train_id = '${TRAIN}'`);
    expect(indexes.join()).toMatch(/^(idx_train_members_(train_id|role)|train_members_train_id_user_email_key)$/);
  });

  test('the list of a conversation needs no row of the table, and the latest request no sort', async () => {
    const plan = async (asked: string) => explain(database.sql, QUERIES.find(([name]) => name === asked)?.[2] ?? '');
    expect((await plan('the list of a conversation, from the index alone')).nodes).toEqual(['Index Only Scan']);
    expect((await plan('the latest request of a conversation')).nodes).toEqual(['Limit', 'Index Scan']);
  });
});
