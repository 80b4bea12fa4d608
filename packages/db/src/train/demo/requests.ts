import type { NewApiRequest, NewStreamingChunk } from '../types.ts';
import { DEMO_END, DEMO_SERIAL, type Dice, demoHash, demoUuid } from './dice.ts';
import { demoAccountId, demoTrainId } from './trains.ts';

const DAY_MS = 86_400_000;
const DAYS = 60;
/** A conversation: six requests on main, the fourth of which starts a sub-task of two, then two more. */
const TURNS = 10;
const TASK_TURN = 3;
const CHUNKS_PER_STREAM = 8;
const MODELS = [
  [60, 'claude-sonnet-4-20250514'],
  [25, 'claude-opus-4-20250514'],
  [14, 'claude-3-5-haiku-20241022'],
  [1, null],
] as const;
const TYPES = [
  [90, 'inference'],
  [8, 'query_evaluation'],
  [2, 'quota'],
] as const;

export const demoConversationId = (conversation: number) => demoUuid('conversation', conversation);

/** Requests in conversations, in order: a row names only rows before it. */
export function* demoRequests(dice: Dice, count: number): Generator<NewApiRequest> {
  let conversation = { start: new Date(DEMO_END), train: 0, prompt: '', isForked: false };
  for (let i = 0; i < count; i++) {
    const turn = i % TURNS;
    if (turn === 0) {
      // the cube of an even draw: few trains make most requests; a larger set begins with the smaller one
      const train = Math.floor((1 + i / 2) * (dice.int(9_999) / 10_000) ** 3);
      const start = new Date(DEMO_END - 3_600_000 - dice.int(DAYS * DAY_MS));
      conversation = { start, train, prompt: `${dice.sentence()} (task ${i})`, isForked: dice.chance(0.15) };
    }
    const { start, train, prompt, isForked } = conversation;
    const previous = previousTurn(turn, isForked);
    const isSubtask = turn === 6 || turn === 7;
    const timestamp = new Date(start.getTime() + turn * 60_000 + dice.int(30_000));
    const said = turn === 6 ? prompt : dice.sentence();
    const model = dice.weighted(MODELS);
    yield {
      requestId: demoUuid('request', i),
      trainId: demoTrainId(train),
      timestamp,
      createdAt: timestamp,
      method: 'POST',
      path: '/v1/messages',
      headers: { 'user-agent': 'demo/1.0', authorization: 'Bearer ****' },
      body: {
        ...(model === null ? {} : { model }),
        system: [{ type: 'text', text: `You are assistant number ${train % 20}.` }],
        messages: [{ role: 'user', content: said }],
      },
      apiKeyHash: demoHash('key hash', train),
      model,
      requestType: dice.weighted(TYPES),
      ...response(dice, i, turn === TASK_TURN ? prompt : null),
      currentMessageHash: demoHash('messages', i),
      parentMessageHash: previous === null ? null : demoHash('messages', i - turn + previous),
      conversationId: demoConversationId(Math.floor(i / TURNS)),
      branchId: isSubtask ? 'subtask_1' : isForked && turn > 7 ? `branch_${i - turn}` : 'main',
      messageCount: turn === 6 ? 1 : 2 * turn + 1,
      parentTaskRequestId: isSubtask ? demoUuid('request', i - turn + TASK_TURN) : null,
      isSubtask,
      accountId: dice.chance(0.95) ? demoAccountId(train) : null,
      parentRequestId: previous === null ? null : demoUuid('request', i - turn + previous),
      systemHash: demoHash('system', train % 20),
    };
  }
}

function previousTurn(turn: number, isForked: boolean): number | null {
  if (turn === 0 || turn === 6) return null;
  if (turn === 8) return isForked ? 2 : 5;
  return turn - 1;
}

function response(dice: Dice, i: number, task: string | null) {
  const isTask = task !== null;
  const isStreamed = i % TURNS !== TURNS - 1;
  const outcome = isStreamed
    ? 200
    : dice.weighted([
        [4, 200],
        [3, 429],
        [2, 500],
        [1, null],
      ] as const);
  const input = 200 + dice.int(4_000);
  const output = outcome === 200 ? 20 + dice.int(1_500) : 0;
  const cached = dice.int(20_000);
  const use = { id: `toolu_${i}`, name: 'Task', input: { prompt: task ?? '', description: 'Look into it' } };
  return {
    responseStatus: outcome,
    responseHeaders: outcome === null ? null : { 'content-type': 'application/json' },
    responseBody:
      outcome === 200
        ? {
            id: `msg_${i}`,
            content: [{ type: 'text', text: dice.sentence() }, ...(isTask ? [{ type: 'tool_use', ...use }] : [])],
          }
        : null,
    responseStreaming: isStreamed,
    inputTokens: input,
    outputTokens: output,
    totalTokens: input + output,
    cacheCreationInputTokens: dice.chance(0.2) ? cached : 0,
    cacheReadInputTokens: cached,
    usageData: outcome === 200 ? { input_tokens: input, output_tokens: output, service_tier: 'standard' } : null,
    firstTokenMs: isStreamed ? 300 + dice.int(1_500) : null,
    durationMs: outcome === null ? null : 1_000 + dice.int(20_000),
    error: outcome === 200 || outcome === null ? null : `upstream answered ${outcome}`,
    toolCallCount: isTask ? 1 : 0,
    taskToolInvocation: isTask
      ? [{ id: use.id, name: use.name, prompt: task, description: use.input.description }]
      : null,
  };
}

/** Eight chunks of each streamed response, from the first on. */
export function* demoChunks(dice: Dice, count: number): Generator<NewStreamingChunk> {
  for (let i = 0; i < count; i++) {
    const stream = Math.floor(i / CHUNKS_PER_STREAM);
    const request = Math.floor(stream / (TURNS - 1)) * TURNS + (stream % (TURNS - 1));
    const timestamp = new Date(DEMO_END - DAYS * DAY_MS + i * 50);
    yield {
      id: DEMO_SERIAL + i,
      requestId: demoUuid('request', request),
      chunkIndex: i % CHUNKS_PER_STREAM,
      timestamp,
      data: JSON.stringify({ type: 'content_block_delta', delta: { type: 'text_delta', text: dice.sentence() } }),
      tokenCount: dice.int(20),
      createdAt: timestamp,
    };
  }
}
