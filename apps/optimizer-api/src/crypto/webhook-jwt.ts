import { createHash, createPublicKey, verify } from 'node:crypto';
import { z } from 'zod';
import { Problem } from '../problems.ts';

/** One event of Wix, its signature checked. */
export interface WixEvent {
  /** The event's own id, else the SHA-256 of its body: a repeated delivery has the same. */
  readonly id: string;
  readonly instanceId: string;
  readonly type: string;
  readonly data: unknown;
}

const LENGTH_MAX = 65_536;
const headerSchema = z.object({ alg: z.literal('RS256') });
const bodySchema = z.object({ data: z.union([z.string(), z.looseObject({})]), exp: z.number().optional() });
const eventSchema = z.object({
  eventType: z.string().min(1).max(100),
  instanceId: z.string().regex(/^[\w-]{1,64}$/),
  data: z.string().optional(),
  // a key of a table: what PostgreSQL does not store would be delivered for ever
  eventId: z
    .string()
    .regex(/^[\x21-\x7e]{1,100}$/)
    .optional(),
});

/** Reads an event that came as a JSON Web Token, signed with the private key that belongs to `publicKey` (RS256, no other).
 *  @throws {Problem} SIGNATURE_INVALID */
export function parseWixEvent(token: string, publicKey: string, now = Date.now()): WixEvent {
  const [header, body, signature, ...rest] = token.length > LENGTH_MAX ? [] : token.trim().split('.');
  if (!header || !body || !signature || rest.length > 0) throw refused('it is no JSON Web Token');
  const signed = Buffer.from(`${header}.${body}`);
  if (!headerSchema.safeParse(parse(header)).success) throw refused('it is not signed by RS256');
  if (!verify('RSA-SHA256', signed, createPublicKey(publicKey), Buffer.from(signature, 'base64url')))
    throw refused('its signature is wrong');
  const parsed = bodySchema.safeParse(parse(body));
  if (!parsed.success) throw refused('its body is not as Wix writes it');
  const { data, exp } = parsed.data;
  if (exp !== undefined && exp * 1_000 < now) throw refused('it has expired');
  const event = eventSchema.safeParse(typeof data === 'string' ? parseJson(data) : data);
  if (!event.success) throw refused('it names no event and instance');
  const { eventId, instanceId, eventType } = event.data;
  const text = event.data.data ?? '{}';
  const content = `${eventType}\n${instanceId}\n${text}`;
  return {
    id: eventId ?? `sha256:${createHash('sha256').update(content).digest('hex')}`,
    instanceId,
    type: eventType,
    data: parseJson(text),
  };
}

const parse = (part: string): unknown => parseJson(Buffer.from(part, 'base64url').toString('utf8'));

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refused(why: string): Problem {
  return new Problem('SIGNATURE_INVALID', `the event was refused: ${why}`);
}
