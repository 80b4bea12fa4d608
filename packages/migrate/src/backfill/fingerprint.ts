import { checksum } from '../files/normalize.ts';
import type { Backfill } from './backfill.ts';

/** SHA-256 of what a backfill does to which rows: its statements, table and key. Its size, speed and parameters may change. */
export function fingerprintOf({ table, key, batch, remaining, verify }: Backfill): string {
  return checksum(JSON.stringify([table, key.column, key.type, batch, remaining, verify ?? null]));
}
