import type { NewAnalysisAuditEvent, NewConversationAnalysis } from '../types.ts';
import { DEMO_END, DEMO_SERIAL, type Dice, demoUuid } from './dice.ts';
import { demoConversationId } from './requests.ts';
import { demoTrainId } from './trains.ts';

const DAY_MS = 86_400_000;
const STATUSES = [
  [88, 'completed'],
  [6, 'failed'],
  [4, 'pending'],
  [2, 'processing'],
] as const;
const EVENTS = [
  [50, 'ANALYSIS_REQUEST'],
  [10, 'ANALYSIS_REGENERATION_REQUEST'],
  [40, 'ANALYSIS_GENERATION'],
] as const;
const OUTCOMES = [
  [90, 'SUCCESS'],
  [6, 'FAIL_SERVICE_ERROR'],
  [4, 'FAIL_RATE_LIMIT'],
] as const;

/** One per conversation, also of conversations whose requests are no longer kept. */
export function* demoAnalyses(dice: Dice, count: number): Generator<NewConversationAnalysis> {
  for (let i = 0; i < count; i++) {
    const status = dice.weighted(STATUSES);
    const createdAt = new Date(DEMO_END - dice.int(60 * DAY_MS));
    const endedAt = new Date(createdAt.getTime() + 5_000 + dice.int(60_000));
    const isDone = status === 'completed';
    const isEnded = isDone || status === 'failed';
    yield {
      id: BigInt(DEMO_SERIAL + i),
      conversationId: demoConversationId(i),
      branchId: 'main',
      status,
      modelUsed: 'gemini-2.5-pro',
      analysisContent: isDone ? dice.sentence() : null,
      analysisData: isDone
        ? {
            sentiment: dice.weighted([
              [7, 'positive'],
              [3, 'neutral'],
            ] as const),
          }
        : null,
      rawResponse: isDone ? { candidates: 1 } : null,
      errorMessage: status === 'failed' ? 'The model gave no answer' : null,
      retryCount: status === 'failed' ? 3 : 0,
      generatedAt: isDone ? endedAt : null,
      processingDurationMs: isEnded ? endedAt.getTime() - createdAt.getTime() : null,
      promptTokens: isDone ? 500 + dice.int(50_000) : null,
      completionTokens: isDone ? 100 + dice.int(2_000) : null,
      createdAt,
      updatedAt: isEnded ? endedAt : createdAt,
      completedAt: isEnded ? endedAt : null,
      customPrompt: dice.chance(0.05) ? dice.sentence() : null,
    };
  }
}

export function* demoAuditEvents(dice: Dice, count: number): Generator<NewAnalysisAuditEvent> {
  for (let i = 0; i < count; i++) {
    const train = dice.int(i);
    yield {
      id: DEMO_SERIAL + i,
      eventType: dice.weighted(EVENTS),
      outcome: dice.weighted(OUTCOMES),
      conversationId: demoConversationId(dice.int(i)),
      branchId: 'main',
      trainId: demoTrainId(train),
      requestId: demoUuid('audit request', i),
      userContext: { email: `person${train >> 2}@example.com` },
      metadata: { attempt: dice.int(3) },
      timestamp: new Date(DEMO_END - dice.int(60 * DAY_MS)),
    };
  }
}
