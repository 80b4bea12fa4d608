import { base, en, Faker } from '@faker-js/faker';
import type { Seed } from '@repo/migrate/config';
import { insertGenerated } from '../insert-generated.ts';
import { configDefaults } from './config-defaults.ts';
import type { ConfigKey } from './config-sections.ts';
import {
  aiUsage,
  botRestarts,
  config,
  conversations,
  logs,
  memoryOptouts,
  modCases,
  modScheduledActions,
} from './schema.ts';
import type {
  NewAiUsage,
  NewBotRestart,
  NewConfigEntry,
  NewConversation,
  NewLog,
  NewMemoryOptout,
  NewModCase,
  NewModScheduledAction,
} from './types.ts';

/** A busy bot's year that ends on a fixed day. Row i of a table depends on the rows before it alone, so equal options give
 *  equal rows and a larger set begins with the smaller one. */
export const demo: Seed['demo'] = async (sql, options) => [
  await insertGenerated(sql, config, configEntries(options.rows), options),
  await insertGenerated(sql, conversations, messages(options.rows), options),
  await insertGenerated(sql, modCases, cases(options.rows), options),
  await insertGenerated(sql, modScheduledActions, scheduledActions(options.rows), options),
  await insertGenerated(sql, memoryOptouts, optouts(options.rows), options),
  await insertGenerated(sql, aiUsage, modelCalls(options.rows), options),
  await insertGenerated(sql, logs, logLines(options.rows), options),
  await insertGenerated(sql, botRestarts, restarts(options.rows), options),
];

const LAST_AT = Date.UTC(2026, 10, 1);
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Above every id that a sequence has given out, so demo rows meet no real row. */
const FIRST_ID = 1_000_000_001;
const GUILDS = 60;
const CHANNELS = 600;
const MODELS = { classify: 'claude-haiku-4-5', respond: 'claude-sonnet-4-5' } as const;

function* configEntries(count: number): Generator<NewConfigEntry> {
  const faker = fakerFor(5601);
  const keys = Object.keys(configDefaults) as ConfigKey[];
  for (let i = 0; i < count; i++) {
    const key = keys[i % keys.length] ?? 'ai';
    const value = { ...configDefaults[key], ...(key === 'logging' ? {} : { enabled: faker.datatype.boolean() }) };
    yield { guildId: guildId(Math.floor(i / keys.length)), key, value, updatedAt: within(faker, 365) };
  }
}

function* messages(count: number): Generator<NewConversation> {
  const faker = fakerFor(5602);
  for (let i = 0; i < count; i++) {
    const channel = skewed(faker, CHANNELS);
    const role = faker.helpers.weightedArrayElement([
      { weight: 60, value: 'user' as const },
      { weight: 39, value: 'assistant' as const },
      { weight: 1, value: 'system' as const },
    ]);
    yield {
      id: FIRST_ID + i,
      channelId: channelId(channel),
      guildId: channel % 20 === 19 ? null : guildId(channel % GUILDS),
      role,
      content: faker.lorem.sentence({ min: 3, max: 25 }),
      username: role === 'user' ? faker.internet.username() : null,
      createdAt: within(faker, 30),
    };
  }
}

/** Every third case is a tempban, so that there are as many scheduled actions as cases. */
function* cases(count: number): Generator<NewModCase & { id: number; createdAt: Date; expiresAt: Date | null }> {
  const faker = fakerFor(5603);
  const lastNumber = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    const guild = skewed(faker, GUILDS);
    const caseNumber = (lastNumber.get(guild) ?? 0) + 1;
    lastNumber.set(guild, caseNumber);
    const createdAt = within(faker, 365);
    const action = i % 3 === 0 ? 'tempban' : otherAct(faker);
    const days = faker.number.int({ min: 1, max: 30 });
    const endsAt = new Date(createdAt.getTime() + (action === 'tempban' ? days * DAY_MS : 60 * MINUTE_MS));
    const moderator = faker.number.int(20);
    const hasEnd = action === 'tempban' || action === 'timeout';
    yield {
      id: FIRST_ID + i,
      guildId: guildId(guild),
      caseNumber,
      action,
      targetId: userId(skewed(faker, 100 + i / 10)),
      targetTag: faker.internet.username(),
      moderatorId: userId(1_000_000_000 + guild * 100 + moderator),
      moderatorTag: `moderator-${moderator}`,
      reason: faker.datatype.boolean(0.8) ? faker.lorem.sentence({ min: 2, max: 8 }) : null,
      duration: hasEnd ? (action === 'tempban' ? `${days}d` : '1h') : null,
      expiresAt: hasEnd ? endsAt : null,
      logMessageId: faker.datatype.boolean(0.9) ? messageId(i) : null,
      createdAt,
    };
  }
}

function otherAct(faker: Faker): string {
  return faker.helpers.weightedArrayElement([
    { weight: 50, value: 'warn' },
    { weight: 20, value: 'timeout' },
    { weight: 8, value: 'ban' },
    { weight: 6, value: 'kick' },
    { weight: 6, value: 'unban' },
    { weight: 4, value: 'purge' },
    { weight: 3, value: 'untimeout' },
    { weight: 2, value: 'softban' },
    { weight: 1, value: 'slowmode' },
  ]);
}

/** Each tempban was prolonged twice, by a day each time: three unbans, of which the last counts. */
function* scheduledActions(count: number): Generator<NewModScheduledAction> {
  const faker = fakerFor(5604);
  let i = 0;
  for (const tempban of cases(count)) {
    if (tempban.action !== 'tempban' || tempban.expiresAt === null) continue;
    for (let prolonged = 0; prolonged < 3 && i < count; prolonged++, i++) {
      const executeAt = new Date(tempban.expiresAt.getTime() + prolonged * DAY_MS);
      const isLate = faker.datatype.boolean(0.01);
      const executed = executeAt.getTime() < LAST_AT && !isLate;
      yield {
        id: FIRST_ID + i,
        guildId: tempban.guildId,
        action: 'unban',
        targetId: tempban.targetId,
        caseId: tempban.id,
        executeAt,
        executed,
        createdAt: tempban.createdAt,
        claimedAt: executed ? new Date(executeAt.getTime() + faker.number.int(MINUTE_MS)) : null,
        attemptCount: executed ? (faker.datatype.boolean(0.02) ? 2 : 1) : 0,
      };
    }
  }
}

function* optouts(count: number): Generator<NewMemoryOptout> {
  const faker = fakerFor(5605);
  for (let i = 0; i < count; i++) yield { userId: userId(i), createdAt: within(faker, 365) };
}

/** Two calls an answer: is it worth one, and the answer itself some seconds later. */
function* modelCalls(count: number): Generator<NewAiUsage> {
  const faker = fakerFor(5606);
  for (let i = 0; i < count; i += 2) {
    const channel = skewed(faker, CHANNELS);
    const createdAt = within(faker, 90);
    const answer = {
      guildId: channel % 20 === 19 ? 'unknown' : guildId(channel % GUILDS),
      channelId: channelId(channel),
      userId: faker.datatype.boolean(0.95) ? userId(skewed(faker, 100 + i / 10)) : null,
    };
    yield { id: FIRST_ID + i, ...answer, ...tokens(faker, 'classify'), createdAt };
    if (i + 1 === count) return;
    const answeredAt = new Date(createdAt.getTime() + faker.number.int({ min: 800, max: 9_000 }));
    yield { id: FIRST_ID + i + 1, ...answer, ...tokens(faker, 'respond'), createdAt: answeredAt };
  }
}

function tokens(faker: Faker, type: 'classify' | 'respond') {
  const isAnswer = type === 'respond';
  const inputTokens = faker.number.int({ min: 200, max: isAnswer ? 6_000 : 1_500 });
  const outputTokens = faker.number.int({ min: 5, max: isAnswer ? 900 : 60 });
  return {
    type,
    model: MODELS[type],
    inputTokens,
    outputTokens,
    cacheCreationTokens: faker.datatype.boolean(0.2) ? 1_024 : 0,
    cacheReadTokens: faker.datatype.boolean(0.6) ? 1_024 : 0,
    costUsd: ((inputTokens * (isAnswer ? 3 : 1) + outputTokens * (isAnswer ? 15 : 5)) / 1_000_000).toFixed(6),
    durationMs: faker.number.int({ min: 150, max: isAnswer ? 9_000 : 1_200 }),
    searchCount: isAnswer && faker.datatype.boolean(0.1) ? faker.number.int({ min: 1, max: 3 }) : 0,
  };
}

function* logLines(count: number): Generator<NewLog> {
  const faker = fakerFor(5607);
  for (let i = 0; i < count; i++) {
    const level = faker.helpers.weightedArrayElement([
      { weight: 80, value: 'info' },
      { weight: 10, value: 'warn' },
      { weight: 8, value: 'debug' },
      { weight: 2, value: 'error' },
    ]);
    const usage = { model: MODELS.respond, inputTokens: String(faker.number.int({ min: 200, max: 6_000 })) };
    yield {
      id: FIRST_ID + i,
      level,
      message: faker.hacker.phrase(),
      metadata: faker.datatype.boolean(0.3) ? usage : {},
      timestamp: within(faker, 30),
    };
  }
}

/** One run in ten ends by a crash. */
function* restarts(count: number): Generator<NewBotRestart> {
  const faker = fakerFor(5608);
  for (let i = 0; i < count; i++) {
    yield {
      id: FIRST_ID + i,
      timestamp: within(faker, 365),
      reason: faker.datatype.boolean(0.8) ? 'startup' : 'deploy',
      version: `1.${faker.number.int(20)}.${faker.number.int(9)}`,
      uptimeSeconds: faker.datatype.boolean(0.9)
        ? faker.number.float({ max: 86_400, fractionDigits: 3 }).toFixed(3)
        : null,
    };
  }
}

function fakerFor(seed: number): Faker {
  return new Faker({ locale: [en, base], seed });
}

/** A moment in the last so many days before the end of the demo year. */
function within(faker: Faker, days: number): Date {
  return new Date(LAST_AT - faker.number.int({ min: 0, max: days * DAY_MS }));
}

/** From 0 to below `below`, the low ones far more often. */
function skewed(faker: Faker, below: number): number {
  return Math.floor(faker.number.float() ** 2 * below);
}

const discordId = (kind: bigint) => (n: number) => (kind * 100_000_000_000_000_000n + BigInt(n)).toString();
const guildId = discordId(6n);
const channelId = discordId(7n);
const userId = discordId(8n);
const messageId = discordId(9n);
