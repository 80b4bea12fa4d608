import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seed } from '../../src/bot/seed.ts';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { explain } from '../support/explain.ts';

const GUILD = "guild_id = '600000000000000030'";
/** The busiest channel of the demo rows. */
const CHANNEL = "channel_id = '700000000000000000'";
const MEMBER = "'800000000000000005'";

/** [what the application asks, the index that serves it, the query] */
const QUERIES = [
  ['one section of one guild', 'config_pkey', `SELECT value FROM bot.config WHERE ${GUILD} AND key = 'ai'`],
  [
    'the last 20 messages of a channel',
    'idx_conversations_channel_created',
    `SELECT content FROM bot.conversations WHERE ${CHANNEL} ORDER BY created_at DESC LIMIT 20`,
  ],
  [
    'messages older than the retention',
    'idx_conversations_created_at',
    "DELETE FROM bot.conversations WHERE created_at < '2026-10-02T12:00:00Z'",
  ],
  ["a guild's messages", 'idx_conversations_guild_id', `SELECT count(*) FROM bot.conversations WHERE ${GUILD}`],
  [
    'messages whose guild is unknown',
    'idx_conversations_guild_id',
    'SELECT channel_id FROM bot.conversations WHERE guild_id IS NULL',
  ],
  [
    'one case by its number',
    'mod_cases_guild_id_case_number_key',
    `SELECT action FROM bot.mod_cases WHERE ${GUILD} AND case_number = 3`,
  ],
  [
    "a guild's cases by number, newest first",
    'mod_cases_guild_id_case_number_key',
    `SELECT action FROM bot.mod_cases WHERE ${GUILD} ORDER BY case_number DESC LIMIT 10`,
  ],
  [
    "a target's newest 25 cases",
    'idx_mod_cases_guild_target',
    `SELECT action FROM bot.mod_cases WHERE ${GUILD} AND target_id = ${MEMBER} ORDER BY created_at DESC LIMIT 25`,
  ],
  [
    "the escalation's count of warns in 7 days",
    'idx_mod_cases_guild_target',
    `SELECT count(*) FROM bot.mod_cases
     WHERE ${GUILD} AND target_id = ${MEMBER} AND action = 'warn' AND created_at > '2026-10-25'`,
  ],
  [
    "the poller's due acts, oldest first",
    'idx_mod_scheduled_actions_pending',
    `SELECT id FROM bot.mod_scheduled_actions
     WHERE executed = false AND execute_at <= '2026-11-01' AND (claimed_at IS NULL OR claimed_at < '2026-10-31')
     ORDER BY execute_at LIMIT 50`,
  ],
  [
    'the acts that refer to a case',
    'idx_mod_scheduled_actions_case_id',
    'SELECT id FROM bot.mod_scheduled_actions WHERE case_id = 1000000001',
  ],
  [
    'whether a member opted out',
    'memory_optouts_pkey',
    "SELECT created_at FROM bot.memory_optouts WHERE user_id = '800000000000000005'",
  ],
  [
    "a guild's model calls of a week",
    'idx_ai_usage_guild_created',
    `SELECT sum(cost_usd) FROM bot.ai_usage WHERE ${GUILD} AND created_at > '2026-10-25'`,
  ],
  [
    'all model calls of a day',
    'idx_ai_usage_created_at',
    "SELECT sum(cost_usd) FROM bot.ai_usage WHERE created_at > '2026-10-31'",
  ],
  [
    "a member's model calls of a month",
    'idx_ai_usage_user_created',
    `SELECT count(*) FROM bot.ai_usage WHERE user_id = ${MEMBER} AND created_at > '2026-10-01'`,
  ],
  ['log lines, newest first', 'idx_logs_timestamp', 'SELECT message FROM bot.logs ORDER BY "timestamp" DESC LIMIT 100'],
  [
    'lines of each level in the last hour',
    'idx_logs_timestamp',
    `SELECT level, count(*) FROM bot.logs WHERE "timestamp" > '2026-10-31T23:00:00Z' GROUP BY level`,
  ],
  ['all errors', 'idx_logs_level', "SELECT message FROM bot.logs WHERE level = 'error'"],
] as const;

describe.each(servers())('bot indexes on PostgreSQL $version', ({ url: server }) => {
  let database: MigratedDatabase;
  beforeAll(async () => {
    database = await migratedDatabase(server);
    await seed.demo(database.sql, { rows: 5_000, onProgress: () => {} });
    await database.sql`VACUUM ANALYZE`;
  });
  afterAll(() => database[Symbol.asyncDispose]());

  test.each(QUERIES)('%s: %s', async (_, index, query) => {
    const plan = await explain(database.sql, query);
    expect(plan.indexes).toEqual([index]);
    if (query.includes('LIMIT')) expect(plan.nodes).not.toContain('Sort');
  });
});
