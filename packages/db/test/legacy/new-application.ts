import { eq } from 'drizzle-orm';
import { jobStages, jobs as runs } from '../../src/audit/index.ts';
import { config, conversations, modCases, modScheduledActions } from '../../src/bot/index.ts';
import { createDb } from '../../src/index.ts';
import { appInstances, jobItems, jobs } from '../../src/optimizer/index.ts';
import { apiRequests, conversationAnalyses, trainMembers, trains } from '../../src/train/index.ts';
import { videoRequests } from '../../src/video/index.ts';
import type { Bed } from './bed.ts';

/** One round of a domain's typed queries: it writes, changes and reads back what it wrote. Equal numbers never meet twice.
 *  @returns what was read, for the test to compare */
type Round = (url: string, n: number) => Promise<unknown>;

const audit: Round = async (url, n) => {
  await using db = createDb({ domain: 'audit', url, app: 'legacy test' });
  const jobId = uuid('0e', n);
  const createdBy = { name: `Zoë ☕ ${n}`, role: 'admin', at: '2026-10-25T00:59:59.5Z' };
  await db
    .insert(runs)
    .values({ jobId, botId: 'new-bot', state: 'running', acceptedAt: at(n), startedAt: at(n), createdBy });
  await db
    .insert(jobStages)
    .values({ jobId, stageName: 'login', startedAt: at(n), endedAt: at(n + 1), status: 'succeed', durationMs: 1000 });
  await db
    .update(runs)
    .set({ state: 'failed', finishedAt: at(n + 2), errorMessage: 'new', durationMs: 2000 })
    .where(eq(runs.jobId, jobId));
  const [job] = await db.select().from(runs).where(eq(runs.jobId, jobId));
  const stages = await db.select().from(jobStages).where(eq(jobStages.jobId, jobId));
  return {
    state: job?.state,
    createdBy: job?.createdBy,
    error: job?.errorMessage,
    ms: job?.durationMs,
    stages: stages.length,
  };
};

const bot: Round = async (url, n) => {
  await using db = createDb({ domain: 'bot', url, app: 'legacy test' });
  const value = { enabled: true, channelId: null, message: `new ${n}` };
  await db
    .insert(config)
    .values({ guildId: 'global', key: `new-${n}`, value })
    .onConflictDoUpdate({ target: [config.guildId, config.key], set: { value } });
  await db.insert(conversations).values({ channelId: 'new', guildId: null, role: 'assistant', content: `new ☕ ${n}` });
  const act = { action: 'tempban', targetId: '1', targetTag: 'a', moderatorId: '2', moderatorTag: 'b' };
  const [made] = await db
    .insert(modCases)
    .values({ guildId: 'new', caseNumber: n, ...act })
    .returning();
  const due = { guildId: 'new', action: 'unban', targetId: '1', caseId: made?.id ?? 0, executeAt: at(n) };
  const [planned] = await db.insert(modScheduledActions).values(due).returning();
  await db.delete(modCases).where(eq(modCases.id, made?.id ?? 0));
  const [left] = await db
    .select()
    .from(modScheduledActions)
    .where(eq(modScheduledActions.id, planned?.id ?? 0));
  const [row] = await db
    .select()
    .from(config)
    .where(eq(config.key, `new-${n}`));
  return { value: row?.value, caseId: left?.caseId, attempts: left?.attemptCount };
};

const video: Round = async (url, n) => {
  await using db = createDb({ domain: 'video', url, app: 'legacy test' });
  const request = {
    userId: 'new',
    guildId: 'dm',
    channelId: '7',
    prompt: `new ☕ ${n}`,
    durationSeconds: 4,
    aspectRatio: '16:9',
  } as const;
  const [made] = await db
    .insert(videoRequests)
    .values({ ...request, resolution: '720p', status: 'pending' })
    .returning();
  const done = { status: 'completed' as const, videoUrls: ['https://example.org/é'], durationMs: 5 };
  await db
    .update(videoRequests)
    .set(done)
    .where(eq(videoRequests.id, made?.id ?? ''));
  const [row] = await db
    .select()
    .from(videoRequests)
    .where(eq(videoRequests.id, made?.id ?? ''));
  return { prompt: row?.prompt, status: row?.status, urls: row?.videoUrls, audio: row?.generateAudio };
};

const optimizer: Round = async (url, n) => {
  await using db = createDb({ domain: 'optimizer', url, app: 'legacy test' });
  const instanceId = `new-shop-${n}`;
  const shop = { siteHost: 'new.example.org', accessToken: 'a', refreshToken: 'r', tokenExpiresAt: at(n) };
  await db.insert(appInstances).values({ instanceId, ...shop });
  const order = {
    sourceScope: 'products' as const,
    sourceIds: ['p'],
    attributes: ['name' as const],
    targetLang: 'de',
    userPrompt: `new ☕ ${n}`,
  };
  const [job] = await db
    .insert(jobs)
    .values({ instanceId, ...order, itemsTotal: 1 })
    .returning();
  await db.insert(jobItems).values({ jobId: job?.id ?? 0n, productId: 'p', attribute: 'name' });
  await db
    .update(jobItems)
    .set({ status: 'DONE', afterValue: 'é' })
    .where(eq(jobItems.jobId, job?.id ?? 0n));
  const items = await db
    .select()
    .from(jobItems)
    .where(eq(jobItems.jobId, job?.id ?? 0n));
  const [made] = await db.select().from(appInstances).where(eq(appInstances.instanceId, instanceId));
  return {
    credits: made?.creditsTotal,
    items: items.map(({ status, afterValue, attempts }) => ({ status, afterValue, attempts })),
  };
};

const train: Round = async (url, n) => {
  await using db = createDb({ domain: 'train', url, app: 'legacy test' });
  const requestId = uuid('0f', n);
  const conversationId = uuid('1f', n);
  const call = { timestamp: at(n), method: 'POST', path: '/v1/messages', apiKeyHash: 'f'.repeat(64) };
  await db.insert(apiRequests).values({ requestId, trainId: `new-train-${n}`, ...call, conversationId });
  await db
    .insert(apiRequests)
    .values({ requestId: uuid('2f', n), trainId: `new-train-${n}`, ...call, parentRequestId: requestId });
  await db.transaction(async (tx) => {
    const [made] = await tx
      .insert(trains)
      .values({ trainId: `new-train-${n}`, name: 'é' })
      .returning();
    await tx
      .insert(trainMembers)
      .values({ trainId: made?.id ?? '', userEmail: 'a@example.org', role: 'owner', addedBy: 'test' });
  });
  await db.insert(conversationAnalyses).values({ conversationId }).onConflictDoNothing();
  await db.delete(apiRequests).where(eq(apiRequests.requestId, requestId));
  const [child] = await db
    .select()
    .from(apiRequests)
    .where(eq(apiRequests.requestId, uuid('2f', n)));
  const [analysis] = await db
    .select()
    .from(conversationAnalyses)
    .where(eq(conversationAnalyses.conversationId, conversationId));
  return { trainId: child?.trainId, hash: child?.apiKeyHash, parent: child?.parentRequestId, status: analysis?.status };
};

/** What a round reads back on any sound database. */
const answers: Readonly<Record<Bed['domain'], (n: number) => unknown>> = {
  audit: (n) => ({
    state: 'failed',
    createdBy: { name: `Zoë ☕ ${n}`, role: 'admin', at: '2026-10-25T00:59:59.5Z' },
    error: 'new',
    ms: 2000,
    stages: 1,
  }),
  bot: (n) => ({ value: { enabled: true, channelId: null, message: `new ${n}` }, caseId: null, attempts: 0 }),
  video: (n) => ({ prompt: `new ☕ ${n}`, status: 'completed', urls: ['https://example.org/é'], audio: true }),
  optimizer: () => ({ credits: 100, items: [{ status: 'DONE', afterValue: 'é', attempts: 0 }] }),
  train: (n) => ({ trainId: `new-train-${n}`, hash: 'f'.repeat(64), parent: null, status: 'pending' }),
};

export const newApplication: Readonly<
  Record<Bed['domain'], { readonly round: Round; readonly answer: (n: number) => unknown }>
> = {
  audit: { round: audit, answer: answers.audit },
  bot: { round: bot, answer: answers.bot },
  video: { round: video, answer: answers.video },
  optimizer: { round: optimizer, answer: answers.optimizer },
  train: { round: train, answer: answers.train },
};

const uuid = (kind: string, n: number) => `${kind.repeat(4)}-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
const at = (seconds: number) => new Date(Date.UTC(2026, 9, 25) + seconds * 1000);
