import { describeHolder, type LockHolder } from '../lock/try-lock.ts';
import type { Output } from './output.ts';

/** Tells a person whom the command waits for. */
export function sayWaiting(out: Output): (holder: LockHolder | undefined) => void {
  return (holder) => out.talk(`  waiting for another migrator: ${describeHolder(holder)}`);
}
