import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { readColumns, readConstraints, readIndexes } from '../support/read-catalog.ts';

/* The expected lists are typed from the seed and the system's description, never from schema.ts or a dump. */

const NOW = 'timestamp with time zone DEFAULT now()';
const NOT_NULL_NOW = 'timestamp with time zone NOT NULL DEFAULT now()';
const ID = 'uuid NOT NULL DEFAULT gen_random_uuid()';

const COLUMNS: Record<string, Record<string, string>> = {
  api_requests: {
    request_id: 'uuid NOT NULL',
    train_id: 'character varying(255) NOT NULL',
    timestamp: 'timestamp with time zone NOT NULL',
    method: 'character varying(10) NOT NULL',
    path: 'character varying(255) NOT NULL',
    headers: 'jsonb',
    body: 'jsonb',
    // 50 in the running system: too short for its own hash
    api_key_hash: 'character varying(64)',
    model: 'character varying(100)',
    request_type: 'character varying(50)',
    response_status: 'integer',
    response_headers: 'jsonb',
    response_body: 'jsonb',
    response_streaming: 'boolean DEFAULT false',
    input_tokens: 'integer DEFAULT 0',
    output_tokens: 'integer DEFAULT 0',
    total_tokens: 'integer DEFAULT 0',
    cache_creation_input_tokens: 'integer DEFAULT 0',
    cache_read_input_tokens: 'integer DEFAULT 0',
    usage_data: 'jsonb',
    first_token_ms: 'integer',
    duration_ms: 'integer',
    error: 'text',
    tool_call_count: 'integer DEFAULT 0',
    current_message_hash: 'character(64)',
    parent_message_hash: 'character(64)',
    conversation_id: 'uuid',
    branch_id: "character varying(255) DEFAULT 'main'::character varying",
    message_count: 'integer DEFAULT 0',
    parent_task_request_id: 'uuid',
    is_subtask: 'boolean DEFAULT false',
    task_tool_invocation: 'jsonb',
    account_id: 'character varying(255)',
    parent_request_id: 'uuid',
    system_hash: 'character varying(64)',
    created_at: NOW,
  },
  streaming_chunks: {
    id: "integer NOT NULL DEFAULT nextval('train.streaming_chunks_id_seq'::regclass)",
    request_id: 'uuid NOT NULL',
    chunk_index: 'integer NOT NULL',
    timestamp: 'timestamp with time zone NOT NULL',
    data: 'text NOT NULL',
    token_count: 'integer DEFAULT 0',
    created_at: NOW,
  },
  hourly_stats: {
    hour: 'timestamp with time zone',
    train_id: 'character varying(255)',
    model: 'character varying(100)',
    request_count: 'bigint',
    total_input_tokens: 'bigint',
    total_output_tokens: 'bigint',
    total_cache_creation_tokens: 'bigint',
    total_cache_read_tokens: 'bigint',
    avg_response_time: 'numeric',
    total_tool_calls: 'bigint',
  },
  conversation_analyses: {
    id: "bigint NOT NULL DEFAULT nextval('train.conversation_analyses_id_seq'::regclass)",
    conversation_id: 'uuid NOT NULL',
    branch_id: "character varying(255) NOT NULL DEFAULT 'main'::character varying",
    status: "train.conversation_analysis_status NOT NULL DEFAULT 'pending'::train.conversation_analysis_status",
    model_used: "character varying(255) DEFAULT 'gemini-2.5-pro'::character varying",
    analysis_content: 'text',
    analysis_data: 'jsonb',
    raw_response: 'jsonb',
    error_message: 'text',
    retry_count: 'integer DEFAULT 0',
    generated_at: 'timestamp with time zone',
    processing_duration_ms: 'integer',
    prompt_tokens: 'integer',
    completion_tokens: 'integer',
    created_at: NOT_NULL_NOW,
    updated_at: NOT_NULL_NOW,
    completed_at: 'timestamp with time zone',
    custom_prompt: 'text',
  },
  analysis_audit_log: {
    id: "integer NOT NULL DEFAULT nextval('train.analysis_audit_log_id_seq'::regclass)",
    event_type: 'character varying(50) NOT NULL',
    outcome: 'character varying(50) NOT NULL',
    conversation_id: 'uuid NOT NULL',
    branch_id: 'character varying(255) NOT NULL',
    train_id: 'character varying(255) NOT NULL',
    request_id: 'character varying(255) NOT NULL',
    user_context: "jsonb DEFAULT '{}'::jsonb",
    metadata: "jsonb DEFAULT '{}'::jsonb",
    timestamp: NOT_NULL_NOW,
  },
  anthropic_credentials: {
    id: ID,
    account_id: 'character varying(255) NOT NULL',
    account_name: 'character varying(255) NOT NULL',
    oauth_access_token: 'text NOT NULL',
    oauth_refresh_token: 'text NOT NULL',
    oauth_expires_at: 'timestamp with time zone NOT NULL',
    oauth_scopes: 'text[] NOT NULL',
    oauth_is_max: 'boolean DEFAULT true',
    created_at: NOW,
    updated_at: NOW,
    last_refresh_at: 'timestamp with time zone',
  },
  trains: {
    id: ID,
    train_id: 'character varying(255) NOT NULL',
    name: 'character varying(255) NOT NULL',
    description: 'text',
    slack_enabled: 'boolean DEFAULT false',
    slack_webhook_url: 'text',
    slack_channel: 'character varying(255)',
    slack_username: 'character varying(255)',
    slack_icon_emoji: 'character varying(255)',
    created_at: NOW,
    updated_at: NOW,
  },
  train_accounts: { id: ID, train_id: 'uuid NOT NULL', credential_id: 'uuid NOT NULL', created_at: NOW },
  train_api_keys: {
    id: ID,
    train_id: 'uuid NOT NULL',
    api_key: 'text NOT NULL',
    key_prefix: 'character varying(20) NOT NULL',
    key_suffix: 'character varying(10) NOT NULL',
    name: 'character varying(255)',
    created_by: 'character varying(255)',
    created_at: NOW,
    last_used_at: 'timestamp with time zone',
    revoked_at: 'timestamp with time zone',
    revoked_by: 'character varying(255)',
  },
  train_members: {
    id: ID,
    train_id: 'uuid NOT NULL',
    user_email: 'character varying(255) NOT NULL',
    role: 'character varying(20) NOT NULL',
    added_at: NOT_NULL_NOW,
    added_by: 'character varying(255) NOT NULL',
  },
};

const TO_TRAIN = 'FOREIGN KEY (train_id) REFERENCES train.trains(id) ON DELETE CASCADE';

const CONSTRAINTS: Record<string, string> = {
  api_requests_pkey: 'PRIMARY KEY (request_id)',
  api_requests_parent_request_id_fkey:
    'FOREIGN KEY (parent_request_id) REFERENCES train.api_requests(request_id) ON DELETE SET NULL',
  api_requests_parent_task_request_id_fkey:
    'FOREIGN KEY (parent_task_request_id) REFERENCES train.api_requests(request_id) ON DELETE SET NULL',
  api_requests_parent_request_id_check: 'CHECK ((parent_request_id <> request_id))',
  streaming_chunks_pkey: 'PRIMARY KEY (id)',
  streaming_chunks_request_id_chunk_index_key: 'UNIQUE (request_id, chunk_index)',
  streaming_chunks_request_id_fkey:
    'FOREIGN KEY (request_id) REFERENCES train.api_requests(request_id) ON DELETE CASCADE',
  conversation_analyses_pkey: 'PRIMARY KEY (id)',
  conversation_analyses_conversation_id_branch_id_key: 'UNIQUE (conversation_id, branch_id)',
  analysis_audit_log_pkey: 'PRIMARY KEY (id)',
  anthropic_credentials_pkey: 'PRIMARY KEY (id)',
  anthropic_credentials_account_id_key: 'UNIQUE (account_id)',
  anthropic_credentials_account_name_key: 'UNIQUE (account_name)',
  trains_pkey: 'PRIMARY KEY (id)',
  trains_train_id_key: 'UNIQUE (train_id)',
  train_accounts_pkey: 'PRIMARY KEY (id)',
  train_accounts_train_id_credential_id_key: 'UNIQUE (train_id, credential_id)',
  train_accounts_train_id_fkey: TO_TRAIN,
  train_accounts_credential_id_fkey:
    'FOREIGN KEY (credential_id) REFERENCES train.anthropic_credentials(id) ON DELETE CASCADE',
  train_api_keys_pkey: 'PRIMARY KEY (id)',
  train_api_keys_api_key_key: 'UNIQUE (api_key)',
  train_api_keys_train_id_fkey: TO_TRAIN,
  train_members_pkey: 'PRIMARY KEY (id)',
  train_members_train_id_user_email_key: 'UNIQUE (train_id, user_email)',
  train_members_train_id_fkey: TO_TRAIN,
  train_members_role_check:
    "CHECK (((role)::text = ANY ((ARRAY['owner'::character varying, 'member'::character varying])::text[])))",
};

/** index → table and what follows CREATE INDEX … USING */
const INDEXES: Record<string, readonly [table: string, definition: string]> = {
  idx_api_requests_train_id: ['api_requests', 'btree (train_id)'],
  idx_api_requests_timestamp: ['api_requests', 'btree ("timestamp")'],
  idx_api_requests_model: ['api_requests', 'btree (model)'],
  idx_api_requests_request_type: ['api_requests', 'btree (request_type)'],
  // 001
  idx_api_requests_branch_id: ['api_requests', 'btree (branch_id)'],
  idx_api_requests_conversation_branch: ['api_requests', 'btree (conversation_id, branch_id)'],
  idx_api_requests_current_hash: ['api_requests', 'btree (current_message_hash)'],
  idx_api_requests_parent_hash: ['api_requests', 'btree (parent_message_hash)'],
  idx_api_requests_message_count: ['api_requests', 'btree (message_count)'],
  // 002, and the composite index of 010
  idx_api_requests_conversation_covering: [
    'api_requests',
    'btree (conversation_id, "timestamp") INCLUDE (request_id, train_id, branch_id, model, total_tokens, message_count) WHERE (conversation_id IS NOT NULL)',
  ],
  // 003
  idx_api_requests_parent_task_request_id: [
    'api_requests',
    'btree (parent_task_request_id) WHERE (parent_task_request_id IS NOT NULL)',
  ],
  idx_api_requests_task_tool_invocation: [
    'api_requests',
    'gin (task_tool_invocation jsonb_path_ops) WHERE (task_tool_invocation IS NOT NULL)',
  ],
  // 004
  idx_api_requests_conversation_timestamp_id: [
    'api_requests',
    'btree (conversation_id, "timestamp" DESC, request_id DESC) WHERE (conversation_id IS NOT NULL)',
  ],
  idx_api_requests_conversation_subtask: [
    'api_requests',
    'btree (conversation_id, is_subtask, "timestamp", request_id) WHERE (conversation_id IS NOT NULL)',
  ],
  // 005 to 010
  idx_api_requests_account_timestamp: ['api_requests', 'btree (account_id, "timestamp")'],
  idx_api_requests_system_hash: ['api_requests', 'btree (system_hash)'],
  idx_api_requests_parent_request_id: ['api_requests', 'btree (parent_request_id)'],
  idx_api_requests_task_timestamp: [
    'api_requests',
    'btree ("timestamp" DESC) WHERE (task_tool_invocation IS NOT NULL)',
  ],
  idx_api_requests_train_timestamp_response: [
    'api_requests',
    'btree (train_id, "timestamp" DESC) WHERE (response_body IS NOT NULL)',
  ],
  idx_api_requests_response_body: ['api_requests', 'gin (response_body jsonb_path_ops)'],
  idx_api_requests_subtask_sequence: [
    'api_requests',
    'btree (conversation_id, "timestamp") WHERE ((branch_id)::text ~~ \'subtask_%\'::text)',
  ],
  // 011
  idx_conversation_analyses_pending: [
    'conversation_analyses',
    "btree (created_at) WHERE (status = 'pending'::train.conversation_analysis_status)",
  ],
  // ours
  idx_conversation_analyses_processing: [
    'conversation_analyses',
    "btree (updated_at) WHERE (status = 'processing'::train.conversation_analysis_status)",
  ],
  idx_analysis_audit_log_conversation: ['analysis_audit_log', 'btree (conversation_id, branch_id)'],
  idx_analysis_audit_log_train_id: ['analysis_audit_log', 'btree (train_id)'],
  idx_analysis_audit_log_timestamp: ['analysis_audit_log', 'btree ("timestamp")'],
  idx_analysis_audit_log_event_type: ['analysis_audit_log', 'btree (event_type)'],
  // 013, 014
  idx_train_accounts_credential_id: ['train_accounts', 'btree (credential_id)'],
  idx_train_api_keys_train_id: ['train_api_keys', 'btree (train_id)'],
  idx_train_members_train_id: ['train_members', 'btree (train_id)'],
  idx_train_members_user_email: ['train_members', 'btree (user_email)'],
  idx_train_members_role: ['train_members', 'btree (train_id, role)'],
};

const TRIGGERS = {
  set_timestamp_on_conversation_analyses:
    'CREATE TRIGGER set_timestamp_on_conversation_analyses BEFORE UPDATE ON train.conversation_analyses FOR EACH ROW EXECUTE FUNCTION train.trigger_set_timestamp()',
  require_owner_on_trains:
    'CREATE CONSTRAINT TRIGGER require_owner_on_trains AFTER INSERT ON train.trains DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION train.require_train_owner()',
  require_owner_on_train_members:
    'CREATE CONSTRAINT TRIGGER require_owner_on_train_members AFTER DELETE OR UPDATE OF role, train_id ON train.train_members DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION train.require_train_owner()',
};

describe.each(servers())('train catalog on PostgreSQL $version', ({ url: server }) => {
  let database: MigratedDatabase;
  beforeAll(async () => {
    database = await migratedDatabase(server);
  });
  afterAll(() => database[Symbol.asyncDispose]());

  test('all tables and hourly_stats have the columns, types, nullability and defaults of the system', async () => {
    const expected = Object.entries(COLUMNS).flatMap(([table, columns]) =>
      Object.entries(columns).map(([column, type]) => [`${table}.${column}`, type]),
    );
    expect(await readColumns(database.sql, 'train')).toEqual(Object.fromEntries(expected));
  });

  test("keys, foreign keys and checks have Postgres' own names, and all are validated", async () => {
    expect(await readConstraints(database.sql, 'train')).toEqual(CONSTRAINTS);
  });

  test('each index that the seed names is there, and no other', async () => {
    const expected = Object.entries(INDEXES).map(([name, [table, definition]]) => [
      name,
      `CREATE INDEX ${name} ON train.${table} USING ${definition}`,
    ]);
    expect(await readIndexes(database.sql, 'train')).toEqual({
      ...Object.fromEntries(expected),
      idx_hourly_stats_hour_train_model:
        'CREATE UNIQUE INDEX idx_hourly_stats_hour_train_model ON train.hourly_stats USING btree (hour, train_id, model) NULLS NOT DISTINCT',
    });
  });

  test('no index repeats another: none has the keys with which another of its table begins, but the one that the seed names', async () => {
    const repeats = await database.sql`
      SELECT a.indexrelid::regclass::text AS index
      FROM pg_index AS a
      JOIN pg_index AS b ON b.indrelid = a.indrelid AND b.indexrelid <> a.indexrelid
        AND (b.indkey::text || ' ') LIKE (a.indkey::text || ' %') AND (b.indoption::text || ' ') LIKE (a.indoption::text || ' %')
        AND (b.indclass::text || ' ') LIKE (a.indclass::text || ' %')
        AND pg_get_expr(a.indpred, a.indrelid) IS NOT DISTINCT FROM pg_get_expr(b.indpred, b.indrelid)
      WHERE a.indrelid::regclass::text LIKE 'train.%' GROUP BY a.indexrelid`;
    expect(repeats.map((row) => row['index'])).toEqual(['train.idx_train_members_train_id']);
  });

  test('analyses are pending, processing, completed or failed', async () => {
    const labels = await database.sql`
      SELECT enumlabel FROM pg_enum WHERE enumtypid = 'train.conversation_analysis_status'::regtype ORDER BY enumsortorder`;
    expect(labels.map((row) => row['enumlabel'])).toEqual(['pending', 'processing', 'completed', 'failed']);
  });

  test('one trigger keeps updated_at, two keep an owner in each train', async () => {
    const rows = await database.sql<{ name: string; definition: string }[]>`
      SELECT tgname AS name, pg_get_triggerdef(t.oid) AS definition FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = tgrelid
      WHERE relnamespace = 'train'::regnamespace AND NOT tgisinternal`;
    expect(Object.fromEntries(rows.map((row) => [row.name, row.definition]))).toEqual(TRIGGERS);
  });

  test('functions do not depend on the search path of their caller', async () => {
    const rows = await database.sql`
      SELECT proname, proconfig FROM pg_proc WHERE pronamespace = 'train'::regnamespace ORDER BY proname`;
    expect([...rows]).toEqual([
      { proname: 'require_train_owner', proconfig: ['search_path=pg_catalog'] },
      { proname: 'trigger_set_timestamp', proconfig: ['search_path=pg_catalog'] },
    ]);
  });

  test('every table, hourly_stats, each tracking column and each column of analyses has a comment', async () => {
    const rows = await database.sql`
      SELECT c.relname || coalesce('.' || a.attname, '') AS name
      FROM pg_description AS d JOIN pg_class AS c ON c.oid = d.objoid
      LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND d.objsubid > 0
      WHERE c.relnamespace = 'train'::regnamespace`;
    const names = rows.map((row) => String(row['name']));
    const tracking = [
      ...['current_message_hash', 'parent_message_hash', 'conversation_id', 'branch_id', 'message_count'],
      ...[
        'parent_task_request_id',
        'is_subtask',
        'task_tool_invocation',
        'account_id',
        'system_hash',
        'parent_request_id',
      ],
      ...['train_id', 'usage_data', 'tool_call_count', 'cache_creation_input_tokens', 'cache_read_input_tokens'],
    ];
    const keys = ['id', 'created_at', 'updated_at'];
    const analyses = Object.keys(COLUMNS['conversation_analyses'] ?? {}).filter((column) => !keys.includes(column));
    expect(names.sort()).toEqual(
      [
        ...Object.keys(COLUMNS),
        ...tracking.map((column) => `api_requests.${column}`),
        ...analyses.map((column) => `conversation_analyses.${column}`),
        'analysis_audit_log.train_id',
      ].sort(),
    );
  });
});
