import type { Context } from 'hono';
import type { z } from 'zod';
import { Problem } from '../problems.ts';
import type { AppEnv } from './context.ts';
import { isWithin } from './json-limits.ts';

/** Room for 100,000 product ids. */
export const BODY_MAX_BYTES = 5_000_000;
/** A body that is too large is read on to here and thrown away: whoever still sends would not see the answer. */
const DISCARD_MAX_BYTES = 64_000_000;
/** What is described in schemas.ts is far below. */
const LIMITS = { depthMax: 16, fieldsMax: 100 };
/** Faults that are listed at most, and characters of each that are shown: a fault may quote what was sent. */
const FAULTS_MAX = 20;
const SHOWN_MAX = 200;

/** The request's body as the schema gives it. It is counted while it comes, whatever its length was said to be.
 *  @throws {Problem} BODY_TOO_LARGE, BODY_INVALID, INPUT_INVALID with the faults */
export async function readJson<T>(context: Context<AppEnv>, schema: z.ZodType<T>): Promise<T> {
  return parseInput(schema, parseJson(await readText(context, BODY_MAX_BYTES)));
}

/** @throws {Problem} BODY_TOO_LARGE, BODY_INVALID */
export async function readText(context: Context<AppEnv>, maxBytes: number): Promise<string> {
  const chunks = await readChunks(context, maxBytes).catch((error: unknown) => {
    throw new Problem('BODY_INVALID', 'the body did not come whole', {}, error);
  });
  if (chunks === undefined)
    throw new Problem('BODY_TOO_LARGE', `a body has at most ${maxBytes} bytes`, { bytesMax: maxBytes });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new Problem('BODY_INVALID', 'the body is not UTF-8');
  }
}

/** undefined: more than `maxBytes`. */
async function readChunks(context: Context<AppEnv>, maxBytes: number): Promise<readonly Uint8Array[] | undefined> {
  let chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of context.req.raw.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > DISCARD_MAX_BYTES) break;
    if (bytes > maxBytes) chunks = [];
    else chunks.push(chunk);
  }
  return bytes > maxBytes ? undefined : chunks;
}

/** @throws {Problem} INPUT_INVALID with the faults */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const faults = result.error.issues
    .slice(0, FAULTS_MAX)
    .map(({ path, message }) => ({ path: shorten(path.join('.')), message: shorten(message) }));
  const more = result.error.issues.length > FAULTS_MAX ? ' (the first are listed)' : '';
  throw new Problem('INPUT_INVALID', `${result.error.issues.length} fault(s) in the input${more}`, { faults });
}

function shorten(text: string): string {
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}

function parseJson(text: string): unknown {
  if (!isWithin(text, LIMITS))
    throw new Problem(
      'INPUT_INVALID',
      `a body has at most ${LIMITS.fieldsMax} fields, and nests ${LIMITS.depthMax} deep`,
    );
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem('BODY_INVALID', text === '' ? 'the body is empty' : 'the body is not JSON');
  }
}
