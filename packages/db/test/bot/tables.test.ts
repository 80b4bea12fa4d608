import { and, eq, isNull, lt, lte, or, sql as raw } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as bot from '../../src/bot/index.ts';
import { createDb, type Db, everyRow } from '../../src/index.ts';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';

const AT = new Date('2026-11-01T10:00:00.123Z');

describe.each(servers())('bot tables on PostgreSQL $version', ({ url: server }) => {
  let database: MigratedDatabase;
  let db: Db<'bot'>;
  beforeAll(async () => {
    database = await migratedDatabase(server);
    db = createDb({ domain: 'bot', url: database.url, app: 'test' });
  });
  afterAll(async () => {
    await db.close();
    await database[Symbol.asyncDispose]();
  });

  const newCase = (caseNumber: number): bot.NewModCase => ({
    guildId: 'g',
    caseNumber,
    action: 'tempban',
    targetId: '800000000000000001',
    targetTag: 'target',
    moderatorId: '800000000000000002',
    moderatorTag: 'moderator',
    duration: '7d',
    expiresAt: AT,
  });

  test('config: a section is written, replaced and read with its shape', async () => {
    const value: bot.ConfigSections['welcome'] = { enabled: true, channelId: '1', message: 'Hi {user}' };
    await db.insert(bot.config).values({ guildId: 'g', key: 'welcome', value });
    const replaced = { ...value, enabled: false };
    await db
      .insert(bot.config)
      .values({ guildId: 'g', key: 'welcome', value: replaced, updatedAt: AT })
      .onConflictDoUpdate({ target: [bot.config.guildId, bot.config.key], set: { value: replaced, updatedAt: AT } });
    const found = await db.query.config.findFirst({ where: { guildId: 'g', key: 'welcome' } });
    expect(found).toEqual({ guildId: 'g', key: 'welcome', value: replaced, updatedAt: AT });
    expect(bot.configSelectSchema.parse(found)).toEqual(found);
  });

  test('config: without a guild a section is global', async () => {
    await db.insert(bot.config).values({ key: 'memory', value: bot.configDefaults.memory });
    const [found] = await db.select().from(bot.config).where(eq(bot.config.key, 'memory'));
    expect(found).toMatchObject({ guildId: 'global', value: bot.configDefaults.memory });
  });

  test('conversations: messages of a channel come back in order, outside a guild too', async () => {
    const message = { channelId: 'c', username: 'ann', content: 'hello "there"' };
    await db.insert(bot.conversations).values([
      { ...message, role: 'user', createdAt: AT },
      { ...message, role: 'assistant', username: null, createdAt: new Date(AT.getTime() + 1) },
    ]);
    const found = await db.query.conversations.findMany({ where: { channelId: 'c' }, orderBy: { createdAt: 'desc' } });
    expect(found).toMatchObject([
      { role: 'assistant', username: null, guildId: null },
      { role: 'user', username: 'ann', content: 'hello "there"', createdAt: AT },
    ]);
  });

  test('mod_cases, mod_scheduled_actions: a tempban and its unban are read together from both sides', async () => {
    const [modCase] = await db.insert(bot.modCases).values(newCase(1)).returning();
    const caseId = modCase?.id ?? 0;
    const action = { guildId: 'g', action: 'unban', targetId: '800000000000000001', caseId, executeAt: AT };
    const [scheduled] = await db.insert(bot.modScheduledActions).values(action).returning();
    expect(scheduled).toMatchObject({ ...action, executed: false, claimedAt: null, attemptCount: 0 });
    const found = await db.query.modCases.findFirst({ where: { id: caseId }, with: { scheduledActions: true } });
    expect(found).toEqual({ ...modCase, scheduledActions: [scheduled] });
    const back = await db.query.modScheduledActions.findFirst({ where: { caseId }, with: { case: true } });
    expect(back?.case).toEqual(modCase);
    await db.delete(bot.modCases).where(eq(bot.modCases.id, caseId));
    const orphan = await db.query.modScheduledActions.findFirst({
      where: { id: scheduled?.id ?? 0 },
      with: { case: true },
    });
    expect(orphan).toMatchObject({ caseId: null, case: null, executed: false });
    await db.delete(bot.modScheduledActions).where(everyRow);
  });

  test('mod_scheduled_actions: of two pollers one gets a due act, and a failed act is taken again when its lease ran out', async () => {
    const executeAt = new Date('2026-10-01T00:00:00Z');
    await db.insert(bot.modScheduledActions).values({ guildId: 'g', action: 'unban', targetId: 't', executeAt });
    const t = bot.modScheduledActions;
    const claim = (now: Date) =>
      db
        .update(t)
        .set({ claimedAt: now, attemptCount: raw`${t.attemptCount} + 1` })
        .where(
          and(
            eq(t.executed, false),
            lte(t.executeAt, now),
            or(isNull(t.claimedAt), lt(t.claimedAt, new Date(now.getTime() - 300_000))),
          ),
        )
        .returning({ attemptCount: t.attemptCount });
    const [one, two] = await Promise.all([claim(AT), claim(AT)]);
    expect([...one, ...two]).toEqual([{ attemptCount: 1 }]);
    expect(await claim(new Date(AT.getTime() + 60_000))).toEqual([]);
    expect(await claim(new Date(AT.getTime() + 600_000))).toEqual([{ attemptCount: 2 }]);
    await db.update(t).set({ executed: true }).where(everyRow);
    expect(await claim(new Date(AT.getTime() + 9_000_000))).toEqual([]);
  });

  test('memory_optouts: opting out twice is one row', async () => {
    for (let i = 0; i < 2; i++) await db.insert(bot.memoryOptouts).values({ userId: 'u' }).onConflictDoNothing();
    expect(await db.query.memoryOptouts.findMany()).toMatchObject([{ userId: 'u', createdAt: expect.any(Date) }]);
    await db.delete(bot.memoryOptouts).where(eq(bot.memoryOptouts.userId, 'u'));
    expect(await db.$count(bot.memoryOptouts)).toBe(0);
  });

  test('ai_usage: a cost keeps its six places, and what is not given is 0', async () => {
    const call = { guildId: 'unknown', channelId: 'c', type: 'respond', model: 'm', costUsd: '0.012345' } as const;
    await db.insert(bot.aiUsage).values(call);
    expect(await db.query.aiUsage.findFirst({ where: { guildId: 'unknown' } })).toMatchObject({
      ...call,
      inputTokens: 0,
      outputTokens: 0,
      cacheCreationTokens: 0,
      cacheReadTokens: 0,
      durationMs: 0,
      searchCount: 0,
      userId: null,
    });
  });

  test('logs: metadata comes back as it went in, and is {} where none was given', async () => {
    const metadata = { model: 'm', inputTokens: '12', nested: { list: [1, null, "it's"] } };
    await db.insert(bot.logs).values([{ level: 'info', message: 'a', metadata, timestamp: AT }]);
    await db.insert(bot.logs).values({ level: 'error', message: 'b' });
    const found = await db.query.logs.findMany({ orderBy: { id: 'asc' } });
    expect(found).toMatchObject([{ metadata, timestamp: AT }, { metadata: {} }]);
    expect(found.map((log) => bot.logSelectSchema.parse(log))).toEqual(found);
  });

  test('bot_restarts: a start is noted, and its uptime at a graceful stop', async () => {
    const [start] = await db.insert(bot.botRestarts).values({ version: '1.2.3' }).returning();
    expect(start).toMatchObject({ reason: 'startup', version: '1.2.3', uptimeSeconds: null });
    await db.update(bot.botRestarts).set({ uptimeSeconds: '86400.123' }).where(everyRow);
    expect(await db.query.botRestarts.findFirst()).toMatchObject({ uptimeSeconds: '86400.123' });
  });

  test('every insert schema takes what its table takes', () => {
    const usage = { guildId: 'g', channelId: 'c', type: 'classify', model: 'm' };
    expect(bot.conversationInsertSchema.safeParse({ channelId: 'c', role: 'user', content: '' }).success).toBe(true);
    expect(bot.conversationInsertSchema.safeParse({ channelId: 'c', role: 'tool', content: '' }).success).toBe(false);
    expect(bot.modCaseInsertSchema.safeParse(newCase(1)).success).toBe(true);
    expect(bot.aiUsageInsertSchema.safeParse(usage).success).toBe(true);
    expect(bot.aiUsageInsertSchema.safeParse({ ...usage, type: 'embed' }).success).toBe(false);
    expect(bot.logInsertSchema.safeParse({ level: 'information', message: '' }).success).toBe(false);
    expect(bot.memoryOptoutInsertSchema.safeParse({}).success).toBe(false);
    expect(bot.botRestartInsertSchema.safeParse({}).success).toBe(true);
  });

  test('a section is refused under the key of another, and under a key that the bot does not know', () => {
    const { welcome } = bot.configDefaults;
    expect(bot.configInsertSchema.safeParse({ key: 'welcome', value: welcome }).success).toBe(true);
    expect(bot.configInsertSchema.safeParse({ key: 'moderation', value: welcome }).success).toBe(false);
    expect(bot.configInsertSchema.safeParse({ key: 'farewell', value: welcome }).success).toBe(false);
  });
});
