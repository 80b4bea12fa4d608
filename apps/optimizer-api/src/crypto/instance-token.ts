import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { Problem } from '../problems.ts';

/** A real token has some 500 characters. */
const LENGTH_MAX = 4_096;
/** How far the clock of whoever signed may be ahead of ours. */
const SKEW_MS = 60_000;

const payloadSchema = z.object({
  instanceId: z.string().regex(/^[\w-]{1,64}$/),
  signDate: z.iso.datetime({ offset: true }),
  expirationDate: z.iso.datetime({ offset: true }).optional(),
});

export interface InstanceTokenOptions {
  readonly secret: string;
  /** How old a token may be. */
  readonly ageMaxMs: number;
  readonly now?: number;
}

/** The instance that a token was signed for: `<signature>.<payload>`, both base64url, HMAC-SHA256 over the payload's text. Signatures
 *  are compared in constant time, and nothing of the payload is read before.
 *  @throws {Problem} AUTH_INVALID, AUTH_EXPIRED */
export function parseInstanceToken(
  token: string,
  { secret, ageMaxMs, now = Date.now() }: InstanceTokenOptions,
): string {
  const [signature, payload, ...rest] = token.length > LENGTH_MAX ? [] : token.split('.');
  if (!signature || !payload || rest.length > 0) throw invalid('it has not the form of one');
  if (!sameSignature(signature, signatureOf(payload, secret))) throw invalid('its signature is wrong');
  const { instanceId, signDate, expirationDate } = parsePayload(payload);
  const signedAt = Date.parse(signDate);
  const endsAt = Math.min(signedAt + ageMaxMs, expirationDate === undefined ? Infinity : Date.parse(expirationDate));
  if (signedAt > now + SKEW_MS) throw new Problem('AUTH_EXPIRED', 'the instance token was signed in the future');
  if (endsAt < now) throw new Problem('AUTH_EXPIRED', 'the instance token is too old; ask Wix for a new one');
  return instanceId;
}

/** Signs a payload as Wix does, for whoever stands in for Wix. */
export function signInstanceToken(payload: object, secret: string): string {
  const text = Buffer.from(JSON.stringify(payload)).toString('base64url');
  return `${signatureOf(text, secret).toString('base64url')}.${text}`;
}

function signatureOf(payload: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(payload).digest();
}

function sameSignature(given: string, expected: Buffer): boolean {
  const bytes = Buffer.from(given, 'base64url');
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
}

function parsePayload(text: string): z.infer<typeof payloadSchema> {
  try {
    return payloadSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    throw invalid('its payload is not as Wix writes it');
  }
}

function invalid(why: string): Problem {
  return new Problem('AUTH_INVALID', `the instance token was refused: ${why}`);
}
