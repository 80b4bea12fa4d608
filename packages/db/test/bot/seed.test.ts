import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configInsertSchema } from '../../src/bot/index.ts';
import { seed } from '../../src/bot/seed.ts';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';

const ROWS = 2_000;
const quiet = { rows: ROWS, onProgress: () => {} };
const SECTIONS = ['ai', 'logging', 'memory', 'moderation', 'permissions', 'triage', 'welcome'];
/** Each table with its key. */
const TABLES = {
  config: 'guild_id, key',
  conversations: 'id',
  mod_cases: 'id',
  mod_scheduled_actions: 'id',
  memory_optouts: 'user_id',
  ai_usage: 'id',
  logs: 'id',
  bot_restarts: 'id',
};

describe.each(servers())('bot reference rows on PostgreSQL $version', ({ url: server }) => {
  let database: MigratedDatabase;
  beforeAll(async () => {
    database = await migratedDatabase(server);
  });
  afterAll(() => database[Symbol.asyncDispose]());

  test('the seven global sections are missed, written once, and missed no more', async () => {
    expect((await seed.missing(database.sql)).toSorted()).toEqual(SECTIONS.map((key) => `config ${key}`));
    expect(await seed.reference(database.sql)).toEqual([{ table: 'config', inserted: 7, rows: 7 }]);
    expect(await seed.reference(database.sql)).toEqual([{ table: 'config', inserted: 0, rows: 7 }]);
    expect(await seed.missing(database.sql)).toEqual([]);
  });

  test('each section is a JSON object that the bot itself would take', async () => {
    const rows = await database.sql<{ key: string; value: object }[]>`
      SELECT guild_id AS "guildId", key, value FROM bot.config ORDER BY key`;
    expect(rows.map((row) => row.key)).toEqual(SECTIONS);
    for (const row of rows) expect(configInsertSchema.parse(row)).toEqual(row);
  });

  test('three warns in 7 days are a timeout of an hour, five in 30 days a ban', async () => {
    const [row] = await database.sql`
      SELECT value #> '{escalation,thresholds}' AS thresholds FROM bot.config WHERE guild_id = 'global' AND key = 'moderation'`;
    expect(row?.['thresholds']).toEqual([
      { warns: 3, withinDays: 7, action: 'timeout', duration: '1h' },
      { warns: 5, withinDays: 30, action: 'ban' },
    ]);
  });

  test('a section that an operator changed stays as it is, and one that was removed comes back', async () => {
    await database.sql`UPDATE bot.config SET value = '{"enabled": false}' WHERE key = 'ai'`;
    await database.sql`DELETE FROM bot.config WHERE key = 'memory'`;
    expect(await seed.missing(database.sql)).toEqual(['config memory']);
    expect(await seed.reference(database.sql)).toEqual([{ table: 'config', inserted: 1, rows: 7 }]);
    expect([...(await database.sql`SELECT value FROM bot.config WHERE key = 'ai'`)]).toEqual([
      { value: { enabled: false } },
    ]);
  });
});

describe.each(servers())('bot demo rows on PostgreSQL $version', ({ url: server }) => {
  let database: MigratedDatabase;
  beforeAll(async () => {
    database = await migratedDatabase(server);
  });
  afterAll(() => database[Symbol.asyncDispose]());

  const counts = (inserted: number) => Object.keys(TABLES).map((table) => ({ table, inserted, rows: ROWS }));
  const fingerprints = () =>
    Promise.all(
      Object.entries(TABLES).map(async ([table, key]) => {
        const rows = await database.sql.unsafe(
          `SELECT count(*)::int AS rows, md5(string_agg(t::text, '|' ORDER BY ${key})) AS content FROM bot.${table} AS t`,
        );
        return { table, ...rows[0] };
      }),
    );

  test('demo inserts each row of each table once, and the same rows again after they were removed', async () => {
    expect(await seed.demo(database.sql, quiet)).toEqual(counts(ROWS));
    const first = await fingerprints();
    expect(first.map(({ table, ...row }) => ({ table, rows: Reflect.get(row, 'rows') }))).toEqual(
      Object.keys(TABLES).map((table) => ({ table, rows: ROWS })),
    );
    expect(await seed.demo(database.sql, quiet)).toEqual(counts(0));
    await database.sql.unsafe(
      `TRUNCATE ${Object.keys(TABLES)
        .map((table) => `bot.${table}`)
        .join(', ')}`,
    );
    await seed.demo(database.sql, quiet);
    expect(await fingerprints()).toEqual(first);
  });

  test('a larger demo begins with the smaller one', async () => {
    const larger = await seed.demo(database.sql, { ...quiet, rows: ROWS + 5 });
    expect(larger).toEqual(Object.keys(TABLES).map((table) => ({ table, inserted: 5, rows: ROWS + 5 })));
  });

  test('every demo unban belongs to a tempban of the same member in the same guild', async () => {
    const odd = await database.sql`
      SELECT a.id FROM bot.mod_scheduled_actions AS a LEFT JOIN bot.mod_cases AS c ON c.id = a.case_id
      WHERE (a.guild_id, a.target_id, 'tempban') IS DISTINCT FROM (c.guild_id, c.target_id, c.action)`;
    expect([...odd]).toEqual([]);
  });

  test('demo rows leave the sequences alone: the next real row gets id 1', async () => {
    const [row] = await database.sql`
      INSERT INTO bot.conversations (channel_id, role, content) VALUES ('c', 'user', 'hi') RETURNING id`;
    expect(row).toEqual({ id: 1 });
  });

  test('a real case with the number of a demo case keeps it, and the demo goes on without that case and its unbans', async () => {
    await using fresh = await migratedDatabase(server);
    const guild = '600000000000000000';
    await fresh.sql`
      INSERT INTO bot.mod_cases (guild_id, case_number, action, target_id, target_tag, moderator_id, moderator_tag)
      SELECT ${guild}, n, 'warn', '1', 'someone', '2', 'moderator' FROM generate_series(1, 50) AS n`;
    const seeded = await seed.demo(fresh.sql, quiet);
    expect(seeded.find(({ table }) => table === 'mod_cases')).toMatchObject({ rows: ROWS, inserted: ROWS - 50 });
    const [kept] = await fresh.sql`
      SELECT count(*)::int AS cases FROM bot.mod_cases WHERE guild_id = ${guild} AND case_number <= 50 AND target_tag = 'someone'`;
    expect(kept).toEqual({ cases: 50 });
    const actions = seeded.find(({ table }) => table === 'mod_scheduled_actions');
    expect(actions?.inserted).toBeGreaterThan(ROWS / 2);
    expect(actions?.inserted).toBeLessThan(ROWS);
  });
});
