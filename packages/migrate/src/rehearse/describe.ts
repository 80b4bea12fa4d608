import type { HeldLock, ProbeWait } from './report.ts';

/** `0.4 ms`, `34 ms`, `1,241 ms`. */
export function inMs(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms).toLocaleString('en-US')} ms`;
}

/** `31 ms (update of shop.orders)`. */
export function describeWait(wait: ProbeWait | null): string {
  return wait === null ? 'none: nothing was probed' : `${inMs(wait.ms)} (${wait.operation} of ${wait.table})`;
}

/** `ACCESS EXCLUSIVE on shop.orders for 31 ms`. */
export function lockWords({ mode, relation, heldMs }: HeldLock): string {
  return `${mode} on ${relation} for ${inMs(heldMs)}`;
}

/** Locks that can stand in a reader's or writer's way, or in that of another migration; reading takes the others, too. */
export function worthTelling(locks: readonly HeldLock[]): readonly HeldLock[] {
  return locks.filter(({ mode }) => mode !== 'ACCESS SHARE' && mode !== 'ROW SHARE');
}
