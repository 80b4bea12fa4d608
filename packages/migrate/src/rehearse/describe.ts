import type { HeldLock, ProbeWait } from './report.ts';

/** A statement on one line, cut. */
export function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length <= TEXT_MAX ? line : `${line.slice(0, TEXT_MAX - 1)}…`;
}

const TEXT_MAX = 120;

/** `0.4 ms`, `34 ms`, `1,241 ms`. */
export function inMs(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms).toLocaleString('en-US')} ms`;
}

/** `31 ms (update of shop.orders)`. */
export function describeWait(wait: ProbeWait | null): string {
  return wait === null
    ? 'none, for no operation was under way'
    : `${inMs(wait.ms)} (${wait.operation} of ${wait.table})`;
}

/** `ACCESS EXCLUSIVE on shop.orders for 31 ms`. */
export function lockWords({ mode, relation, heldMs }: HeldLock): string {
  return `${mode} on ${relation} for ${inMs(heldMs)}`;
}

/** `3 × 42703 (a column is gone)` of operations that failed. */
export function failureWords(errors: Readonly<Record<string, number>>): readonly string[] {
  return Object.entries(errors).map(([state, count]) => {
    const meaning = MEANINGS[state];
    return `${count} × ${state}${meaning === undefined ? '' : ` (${meaning})`}`;
  });
}

const MEANINGS: Readonly<Record<string, string>> = {
  '0A000': 'a prepared statement whose result type changed',
  '42703': 'a column is gone',
  '42P01': 'the table is gone',
};

/** Locks that can stand in a reader's or writer's way, or in that of another migration; reading takes the others, too. */
export function worthTelling(locks: readonly HeldLock[]): readonly HeldLock[] {
  return locks.filter(({ mode }) => mode !== 'ACCESS SHARE' && mode !== 'ROW SHARE');
}
