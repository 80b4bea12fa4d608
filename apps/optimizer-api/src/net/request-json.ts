import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';

/** What a caller is ready to spend on one answer. */
export interface Budget {
  /** For one try, connecting included. */
  readonly timeoutMs: number;
  readonly attemptsMax: number;
  /** For all tries and the pauses between them. */
  readonly totalMs: number;
}

export interface JsonRequest<T> {
  /** Who is asked, for messages: wix, model. */
  readonly service: string;
  readonly url: string;
  readonly method?: 'GET' | 'POST' | 'PATCH';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** What an answer must be. */
  readonly schema: z.ZodType<T>;
  readonly budget: Budget;
  readonly signal?: AbortSignal | undefined;
}

/** The outside did not answer as it should. The message holds neither headers nor bodies. */
export class OutsideError extends Error {
  /** undefined: no answer at all, or one that is not as described. */
  readonly status: number | undefined;

  constructor(message: string, status?: number, cause?: unknown) {
    super(message, { cause });
    this.name = 'OutsideError';
    this.status = status;
  }
}

/** Answers are read up to here. */
const ANSWER_MAX_BYTES = 10_000_000;

/** Asks for JSON, again after 429, 5xx, a broken connection, a timeout or an answer that is no JSON, with growing pauses of random
 *  length (or what Retry-After says) while the budget lasts. Only for requests that may be done twice.
 *  @throws {OutsideError}; the signal's reason */
export async function requestJson<T>(request: JsonRequest<T>): Promise<T> {
  const { budget, signal } = request;
  const endsAt = performance.now() + budget.totalMs;
  for (let attempt = 1; ; attempt += 1) {
    const left = endsAt - performance.now();
    const outcome = await tryOnce(request, Math.min(budget.timeoutMs, left));
    if (outcome.ok) return outcome.value;
    signal?.throwIfAborted();
    const pauseMs = outcome.retryAfterMs ?? Math.random() * 250 * 2 ** attempt;
    const isOver = attempt >= budget.attemptsMax || performance.now() + pauseMs >= endsAt;
    if (!outcome.mayRetry || isOver) throw outcome.error;
    await sleep(pauseMs, undefined, { signal });
  }
}

type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: OutsideError; readonly mayRetry: boolean; readonly retryAfterMs?: number };

async function tryOnce<T>(request: JsonRequest<T>, timeoutMs: number): Promise<Outcome<T>> {
  const { service, url, method = 'GET', headers, body, signal } = request;
  const timeout = AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs)));
  try {
    const response = await fetch(url, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    const text = await readText(response);
    if (!response.ok) return refusal(service, response);
    return parseAnswer(request, text);
  } catch (cause) {
    const why = timeout.aborted ? `no answer within ${Math.ceil(timeoutMs)} ms` : 'the connection failed';
    return { ok: false, error: new OutsideError(`${service}: ${why}`, undefined, cause), mayRetry: true };
  }
}

function parseAnswer<T>({ service, schema }: JsonRequest<T>, text: string): Outcome<T> {
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, error: new OutsideError(`${service}: the answer is not as described`), mayRetry: true };
}

function refusal(service: string, { status, headers }: Response): Outcome<never> {
  const error = new OutsideError(`${service}: answered ${status}`, status);
  const retryAfterS = Number(headers.get('retry-after') ?? Number.NaN);
  const retryAfter = Number.isFinite(retryAfterS) && retryAfterS >= 0 ? { retryAfterMs: retryAfterS * 1_000 } : {};
  return { ok: false, error, mayRetry: status === 429 || status >= 500, ...retryAfter };
}

async function readText(response: Response): Promise<string> {
  let bytes = 0;
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > ANSWER_MAX_BYTES) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
