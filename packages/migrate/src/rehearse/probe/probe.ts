import type { Target } from '../../connect/target.ts';
import type { Operation, ProbedTable, ProbeWait } from '../report.ts';
import type { ProbeTable } from './probe-table.ts';
import { type ProbeWorker, startWorker } from './worker.ts';

/** From when to when, on `performance.now()`'s clock. */
interface Window {
  readonly from: number;
  readonly to: number;
}

/** Writers and readers by key on some tables, each operation on a connection of its own. */
export interface Probe extends AsyncDisposable {
  /** Ends it; what it measured stays. */
  stop(): Promise<void>;
  /** The longest wait of the operations that were under way in a window. NULL: there was none. */
  longestIn(window: Window): ProbeWait | null;
  /** Operations that ended in a window. */
  countIn(window: Window): number;
  /** Table by table; `control` is the window without a migration, `busy` are those with one. */
  tables(control: Window, busy: readonly Window[]): readonly ProbedTable[];
}

const WRITES: readonly Operation[] = ['update', 'lock'];

/** Starts a writer and a reader on each table, `perSecond` operations a second each. */
export async function startProbe(target: Target, tables: readonly ProbeTable[], perSecond: number): Promise<Probe> {
  await using opening = new AsyncDisposableStack();
  const workers: ProbeWorker[] = [];
  for (const table of tables) {
    for (const operations of [WRITES, ['read'] as const]) {
      const worker = await startWorker(target, table, operations, perSecond);
      if (worker !== null) workers.push(opening.use(worker));
    }
  }
  const opened = opening.move();
  const stop = () => opened.disposeAsync();
  return {
    stop,
    longestIn: (window) => longest(workers, window),
    countIn: ({ from, to }) =>
      workers.reduce((sum, { loop }) => sum + loop.done.filter(({ ended }) => ended >= from && ended <= to).length, 0),
    tables: (control, busy) => tables.map(({ table, rows }) => tableReport({ table, rows }, workers, control, busy)),
    [Symbol.asyncDispose]: stop,
  };
}

function tableReport(
  { table, rows }: Pick<ProbedTable, 'table' | 'rows'>,
  workers: readonly ProbeWorker[],
  control: Window,
  busy: readonly Window[],
): ProbedTable {
  const own = workers.filter((worker) => worker.table === table);
  const errors: Record<string, number> = {};
  for (const worker of own)
    for (const [state, count] of Object.entries(worker.errors)) errors[state] = (errors[state] ?? 0) + count;
  return {
    ...{ table, rows, errors },
    operations: own.map(({ operation }) => operation),
    controlMs: longest(own, control)?.ms ?? 0,
    longestMs: Math.max(0, ...busy.map((window) => longest(own, window)?.ms ?? 0)),
    count: own.reduce((sum, { loop }) => sum + loop.done.length, 0),
  };
}

function longest(workers: readonly ProbeWorker[], { from, to }: Window): ProbeWait | null {
  let found: ProbeWait | null = null;
  for (const { table, operation, loop } of workers) {
    for (const { due, ended } of loop.done) {
      if (due > to || ended < from) continue;
      if (found === null || ended - due > found.ms) found = { ms: ended - due, table, operation };
    }
  }
  return found;
}
