import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { refusalOf } from '../support/refusal.ts';

type Row = Record<string, string | number | boolean | object | null>;

/** A row of each table that goes through, with every column that is NOT NULL. */
const VALID: Record<string, Row> = {
  config: { guild_id: 'global', key: 'ai', value: { enabled: true } },
  conversations: { id: 1, channel_id: 'c', role: 'user', content: 'hi' },
  mod_cases: {
    id: 1,
    guild_id: 'g',
    case_number: 1,
    action: 'warn',
    target_id: 't',
    target_tag: 'target',
    moderator_id: 'm',
    moderator_tag: 'moderator',
  },
  mod_scheduled_actions: {
    id: 1,
    guild_id: 'g',
    action: 'unban',
    target_id: 't',
    execute_at: '2026-11-01T00:00:00Z',
    attempt_count: 0,
  },
  memory_optouts: { user_id: 'u' },
  ai_usage: {
    id: 1,
    guild_id: 'g',
    channel_id: 'c',
    type: 'classify',
    model: 'm',
    input_tokens: 1,
    output_tokens: 1,
    cache_creation_tokens: 0,
    cache_read_tokens: 0,
    cost_usd: '0.000001',
    duration_ms: 1,
    search_count: 0,
  },
  logs: { id: 1, level: 'info', message: 'hello' },
  bot_restarts: { id: 1, reason: 'startup' },
};
const NOT_NULL = Object.entries(VALID).flatMap(([table, row]) =>
  Object.keys(row).map((column) => [table, column] as const),
);

describe.each(servers())('bot refusals on PostgreSQL $version', ({ url: server }) => {
  let database: MigratedDatabase;
  beforeAll(async () => {
    database = await migratedDatabase(server);
    for (const table of Object.keys(VALID)) await insert(table, {});
  });
  afterAll(() => database[Symbol.asyncDispose]());

  const insert = (table: string, change: Row) =>
    database.sql`INSERT INTO ${database.sql(`bot.${table}`)} ${database.sql({ ...VALID[table], ...change })}`;

  test.each(NOT_NULL)('%s.%s refuses NULL', async (table, column) => {
    expect(await refusalOf(insert(table, { [column]: null }))).toEqual({ code: '23502', name: column });
  });

  test.each([
    ['conversations', { id: 2, role: 'tool' }, '23514', 'conversations_role_check'],
    ['ai_usage', { id: 2, type: 'embed' }, '23514', 'ai_usage_type_check'],
    ['mod_cases', { id: 2 }, '23505', 'mod_cases_guild_id_case_number_key'],
    ['mod_scheduled_actions', { id: 2, case_id: 999 }, '23503', 'mod_scheduled_actions_case_id_fkey'],
    ['config', { value: {} }, '23505', 'config_pkey'],
    ['conversations', {}, '23505', 'conversations_pkey'],
    ['mod_cases', { case_number: 2 }, '23505', 'mod_cases_pkey'],
    ['mod_scheduled_actions', {}, '23505', 'mod_scheduled_actions_pkey'],
    ['memory_optouts', {}, '23505', 'memory_optouts_pkey'],
    ['ai_usage', {}, '23505', 'ai_usage_pkey'],
    ['logs', {}, '23505', 'logs_pkey'],
    ['bot_restarts', {}, '23505', 'bot_restarts_pkey'],
  ])('%s refuses %j', async (table, change, code, name) => {
    expect(await refusalOf(insert(table, change))).toEqual({ code, name });
  });

  test('a level longer than 10 characters and a cost of 10,000 dollars are refused', async () => {
    expect(await refusalOf(insert('logs', { id: 2, level: 'information' }))).toMatchObject({ code: '22001' });
    expect(await refusalOf(insert('ai_usage', { id: 2, cost_usd: '10000' }))).toMatchObject({ code: '22003' });
  });

  test.each([
    ['conversations', 'role', ['user', 'assistant', 'system']],
    ['ai_usage', 'type', ['classify', 'respond']],
  ])('%s.%s takes each of %s', async (table, column, values) => {
    for (const [i, value] of values.entries())
      expect(await refusalOf(insert(table, { id: 10 + i, [column]: value }))).toBe(undefined);
  });

  test('two guilds count their cases apart, and a section is kept once a guild', async () => {
    expect(await refusalOf(insert('mod_cases', { id: 20, guild_id: 'other' }))).toBe(undefined);
    expect(await refusalOf(insert('config', { guild_id: 'other' }))).toBe(undefined);
  });
});
