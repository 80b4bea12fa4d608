import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { readColumns, readConstraints, readIndexes } from '../support/read-catalog.ts';

/* The expected lists are typed from the seed, never from schema.ts or a dump. */

const NOW = 'timestamp with time zone DEFAULT now()';
const serialOf = (table: string) => `integer NOT NULL DEFAULT nextval('bot.${table}_id_seq'::regclass)`;

const COLUMNS: Record<string, Record<string, string>> = {
  config: {
    guild_id: "text NOT NULL DEFAULT 'global'::text",
    key: 'text NOT NULL',
    value: 'jsonb NOT NULL',
    updated_at: NOW,
  },
  conversations: {
    id: serialOf('conversations'),
    channel_id: 'text NOT NULL',
    guild_id: 'text',
    role: 'text NOT NULL',
    content: 'text NOT NULL',
    username: 'text',
    created_at: NOW,
  },
  mod_cases: {
    id: serialOf('mod_cases'),
    guild_id: 'text NOT NULL',
    case_number: 'integer NOT NULL',
    action: 'text NOT NULL',
    target_id: 'text NOT NULL',
    target_tag: 'text NOT NULL',
    moderator_id: 'text NOT NULL',
    moderator_tag: 'text NOT NULL',
    reason: 'text',
    duration: 'text',
    expires_at: 'timestamp with time zone',
    log_message_id: 'text',
    created_at: NOW,
  },
  mod_scheduled_actions: {
    id: serialOf('mod_scheduled_actions'),
    guild_id: 'text NOT NULL',
    action: 'text NOT NULL',
    target_id: 'text NOT NULL',
    case_id: 'integer',
    execute_at: 'timestamp with time zone NOT NULL',
    executed: 'boolean DEFAULT false',
    created_at: NOW,
    // Ours, not the seed's.
    claimed_at: 'timestamp with time zone',
    attempt_count: 'integer NOT NULL DEFAULT 0',
  },
  memory_optouts: { user_id: 'text NOT NULL', created_at: NOW },
  ai_usage: {
    id: serialOf('ai_usage'),
    guild_id: 'text NOT NULL',
    channel_id: 'text NOT NULL',
    type: 'text NOT NULL',
    model: 'text NOT NULL',
    input_tokens: 'integer NOT NULL DEFAULT 0',
    output_tokens: 'integer NOT NULL DEFAULT 0',
    cache_creation_tokens: 'integer NOT NULL DEFAULT 0',
    cache_read_tokens: 'integer NOT NULL DEFAULT 0',
    cost_usd: 'numeric(10,6) NOT NULL DEFAULT 0',
    duration_ms: 'integer NOT NULL DEFAULT 0',
    user_id: 'text',
    search_count: 'integer NOT NULL DEFAULT 0',
    created_at: NOW,
  },
  logs: {
    id: serialOf('logs'),
    level: 'character varying(10) NOT NULL',
    message: 'text NOT NULL',
    metadata: "jsonb DEFAULT '{}'::jsonb",
    timestamp: NOW,
  },
  bot_restarts: {
    id: serialOf('bot_restarts'),
    timestamp: NOW,
    reason: "text NOT NULL DEFAULT 'startup'::text",
    version: 'text',
    uptime_seconds: 'numeric',
  },
};

const CONSTRAINTS = {
  config_pkey: 'PRIMARY KEY (guild_id, key)',
  conversations_pkey: 'PRIMARY KEY (id)',
  conversations_role_check: "CHECK ((role = ANY (ARRAY['user'::text, 'assistant'::text, 'system'::text])))",
  mod_cases_pkey: 'PRIMARY KEY (id)',
  mod_cases_guild_id_case_number_key: 'UNIQUE (guild_id, case_number)',
  mod_scheduled_actions_pkey: 'PRIMARY KEY (id)',
  // The seed names the key without a delete rule; the rule is ours.
  mod_scheduled_actions_case_id_fkey: 'FOREIGN KEY (case_id) REFERENCES bot.mod_cases(id) ON DELETE SET NULL',
  memory_optouts_pkey: 'PRIMARY KEY (user_id)',
  ai_usage_pkey: 'PRIMARY KEY (id)',
  ai_usage_type_check: "CHECK ((type = ANY (ARRAY['classify'::text, 'respond'::text])))",
  logs_pkey: 'PRIMARY KEY (id)',
  bot_restarts_pkey: 'PRIMARY KEY (id)',
};

/** `table (columns)` of each index. */
const INDEXES = {
  idx_conversations_guild_id: 'conversations USING btree (guild_id)',
  idx_conversations_channel_created: 'conversations USING btree (channel_id, created_at)',
  idx_conversations_created_at: 'conversations USING btree (created_at)',
  idx_mod_cases_guild_target: 'mod_cases USING btree (guild_id, target_id, created_at)',
  idx_mod_scheduled_actions_pending: 'mod_scheduled_actions USING btree (executed, execute_at)',
  idx_ai_usage_guild_created: 'ai_usage USING btree (guild_id, created_at)',
  idx_ai_usage_created_at: 'ai_usage USING btree (created_at)',
  idx_ai_usage_user_created: 'ai_usage USING btree (user_id, created_at)',
  idx_logs_timestamp: 'logs USING btree ("timestamp")',
  idx_logs_level: 'logs USING btree (level)',
  // Ours, not the seed's.
  idx_mod_scheduled_actions_case_id: 'mod_scheduled_actions USING btree (case_id)',
};

describe.each(servers())('bot catalog on PostgreSQL $version', ({ url: server }) => {
  let database: MigratedDatabase;
  beforeAll(async () => {
    database = await migratedDatabase(server);
  });
  afterAll(() => database[Symbol.asyncDispose]());

  test.each(Object.keys(COLUMNS))('%s has the columns, types, nullability and defaults of the seed', async (table) => {
    const found = Object.entries(await readColumns(database.sql, 'bot')).filter(([name]) =>
      name.startsWith(`${table}.`),
    );
    expect(Object.fromEntries(found.map(([name, type]) => [name.slice(table.length + 1), type]))).toEqual(
      COLUMNS[table],
    );
  });

  test('the schema holds the eight tables of the seed and no other', async () => {
    const rows =
      await database.sql`SELECT relname FROM pg_class WHERE relnamespace = 'bot'::regnamespace AND relkind <> 'i' AND relkind <> 'S'`;
    expect(rows.map((row) => row['relname']).sort()).toEqual(Object.keys(COLUMNS).sort());
  });

  test("keys, checks and the foreign key have the seed's definitions under Postgres' own names", async () => {
    expect(await readConstraints(database.sql, 'bot')).toEqual(CONSTRAINTS);
  });

  test('the foreign key is validated', async () => {
    const rows = await database.sql`
      SELECT conname FROM pg_constraint WHERE connamespace = 'bot'::regnamespace AND NOT convalidated`;
    expect([...rows]).toEqual([]);
  });

  test("the seed's ten indexes and the foreign key's are there, all valid", async () => {
    const expected = Object.entries(INDEXES).map(([name, on]) => [name, `CREATE INDEX ${name} ON bot.${on}`]);
    expect(await readIndexes(database.sql, 'bot')).toEqual(Object.fromEntries(expected));
  });
});
