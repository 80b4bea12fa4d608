import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import config from '../../db.config.ts';
import { conversationsGuildId } from '../../src/bot/backfills/conversations-guild-id.ts';
import { emptyDatabase, type MigratedDatabase, migrateTo, servers } from '../support/database.ts';

const bot = config.domains.filter(({ name }) => name === 'bot');
const SEED_STATE = '20261121012651_initial';

/** Messages as the week without the column left them: channel, guild, and the guild that the data step must find. */
const MESSAGES = [
  { channel: 'known', guild: 'g1', expected: 'g1' },
  { channel: 'known', guild: null, expected: 'g1' },
  { channel: 'known', guild: null, expected: 'g1' },
  { channel: 'direct', guild: null, expected: null },
  { channel: 'moved', guild: 'g1', expected: 'g1' },
  { channel: 'moved', guild: 'g2', expected: 'g2' },
  { channel: 'moved', guild: null, expected: null },
  { channel: 'other', guild: null, expected: 'g2' },
  { channel: 'other', guild: 'g2', expected: 'g2' },
];

describe.each(servers())('bot history on PostgreSQL $version', ({ url: server }) => {
  let database: MigratedDatabase;
  beforeAll(async () => {
    database = await emptyDatabase(server);
    const { sql } = database;
    await migrateTo(database.url, bot, SEED_STATE);
    for (const { channel, guild } of MESSAGES) {
      await sql`INSERT INTO bot.conversations (channel_id, guild_id, role, content) VALUES (${channel}, ${guild}, 'user', 'hi')`;
    }
    await sql`
      INSERT INTO bot.mod_cases (guild_id, case_number, action, target_id, target_tag, moderator_id, moderator_tag)
      SELECT 'g1', n, 'tempban', 'u' || n, 'user', 'm', 'mod' FROM generate_series(1, 2) AS n`;
    await sql`
      INSERT INTO bot.mod_scheduled_actions (guild_id, action, target_id, case_id, execute_at, executed)
      SELECT guild_id, 'unban', target_id, id, now(), false FROM bot.mod_cases`;
  });
  afterAll(() => database[Symbol.asyncDispose]());

  const guilds = async () => {
    const rows = await database.sql`SELECT guild_id FROM bot.conversations ORDER BY id`;
    return rows.map((row) => row['guild_id']);
  };
  const remaining = async () => {
    const [row] = await database.sql.unsafe(conversationsGuildId.remaining);
    return row?.['count'];
  };

  test('in the state of the seed a case that a tempban refers to cannot be deleted', async () => {
    await expect(database.sql`DELETE FROM bot.mod_cases WHERE case_number = 1`).rejects.toMatchObject({
      code: '23503',
      constraint_name: 'mod_scheduled_actions_case_id_fkey',
    });
    expect(await remaining()).toBe('3');
  });

  test('a batch touches only the keys of its range', async () => {
    await database.sql
      .begin(async (tx) => {
        await tx.unsafe(conversationsGuildId.batch, [null, 2]);
        const rows = await tx`SELECT guild_id FROM bot.conversations ORDER BY id LIMIT 3`;
        expect(rows.map((row) => row['guild_id'])).toEqual(['g1', 'g1', null]);
        throw new Error('undo');
      })
      .catch((error: Error) => expect(error.message).toBe('undo'));
  });

  test('the migrations give lost messages the one guild of their channel, and leave ambiguous ones unknown', async () => {
    await migrateTo(database.url, bot);
    expect(await guilds()).toEqual(MESSAGES.map(({ expected }) => expected));
    expect(await remaining()).toBe('0');
  });

  test('the data step changes nothing when it runs again', async () => {
    const again = await database.sql.unsafe(conversationsGuildId.batch, [null, 1_000_000]);
    expect(again.count).toBe(0);
    expect(await guilds()).toEqual(MESSAGES.map(({ expected }) => expected));
  });

  test('after the migrations the case can be deleted, and its unban stays due', async () => {
    await database.sql`DELETE FROM bot.mod_cases WHERE case_number = 1`;
    const due = await database.sql`
      SELECT target_id, case_id IS NULL AS is_orphan, claimed_at, attempt_count
      FROM bot.mod_scheduled_actions WHERE NOT executed ORDER BY target_id`;
    expect([...due]).toEqual([
      { target_id: 'u1', is_orphan: true, claimed_at: null, attempt_count: 0 },
      { target_id: 'u2', is_orphan: false, claimed_at: null, attempt_count: 0 },
    ]);
  });
});
