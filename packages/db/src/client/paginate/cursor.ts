import { createHmac, timingSafeEqual } from 'node:crypto';
import { DbClientError } from '../../errors.ts';

/** Where a page ended: the keys of its outermost row, as Postgres prints them. */
export interface Cursor {
  readonly direction: 'next' | 'previous';
  readonly keys: readonly string[];
}

const SIGNATURE_BYTES = 16;

/** Signed text for a URL. `scope` names the list (its keys, its tenant), so that a cursor of one is refused by another. */
export function signCursor({ direction, keys }: Cursor, scope: string, secret: string): string {
  const payload = Buffer.from(JSON.stringify([direction, ...keys])).toString('base64url');
  return `${payload}.${signature(payload, scope, secret).toString('base64url')}`;
}

/** @throws {DbClientError} DB_CLIENT_CURSOR_INVALID: tampered with, of another list, or signed with another secret */
export function openCursor(text: string, scope: string, secret: string): Cursor {
  const [payload = '', signed = ''] = text.split('.', 2);
  const given = Buffer.from(signed, 'base64url');
  const expected = signature(payload, scope, secret);
  if (given.length !== SIGNATURE_BYTES || !timingSafeEqual(given, expected)) throw invalid();
  const [direction, ...keys]: string[] = JSON.parse(Buffer.from(payload, 'base64url').toString());
  if (direction !== 'next' && direction !== 'previous') throw invalid();
  return { direction, keys };
}

function signature(payload: string, scope: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(`${scope}\0${payload}`).digest().subarray(0, SIGNATURE_BYTES);
}

function invalid(): DbClientError {
  return new DbClientError('DB_CLIENT_CURSOR_INVALID', 'the cursor is not one of this list; begin at its first page');
}
