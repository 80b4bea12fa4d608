import type { Target } from '../../connect/target.ts';
import type { Operation, ProbedTable, ProbeWait } from '../report.ts';
import { overlap, type Span } from '../span.ts';
import type { ProbeTable } from './probe-table.ts';
import { type ProbeOptions, type ProbeWorker, startWorker } from './worker.ts';

/** Writers and readers by key on some tables, each operation on a connection of its own. */
export interface Probe extends AsyncDisposable {
  /** Ends it; what it measured stays. */
  stop(): Promise<void>;
  /** The longest wait of the operations that were under way in a window. NULL: there was none. */
  longestIn(window: Span, counted: Counted): ProbeWait | null;
  /** Operations that ended in a window. */
  countIn(window: Span): number;
  /** Table by table. */
  tables(windows: Windows): readonly ProbedTable[];
}

/** What of a wait counts. */
export interface Counted {
  /** From when on: what kept somebody waiting before is another's. */
  readonly since: number;
  /** When the rehearsal only asked; it does not count. */
  readonly asked: readonly Span[];
}

export interface Windows {
  /** Without a migration. */
  readonly control: Span;
  /** With one. */
  readonly busy: readonly Span[];
  readonly asked: Counted['asked'];
}

const WRITES: readonly Operation[] = ['update', 'lock'];

/** Starts a writer and a reader on each table. */
export async function startProbe(target: Target, tables: readonly ProbeTable[], options: ProbeOptions): Promise<Probe> {
  await using opening = new AsyncDisposableStack();
  const workers: ProbeWorker[] = [];
  for (const table of tables) {
    for (const operations of [WRITES, ['read'] as const]) {
      const worker = await startWorker(target, table, operations, options);
      if (worker !== null) workers.push(opening.use(worker));
    }
  }
  const opened = opening.move();
  const stop = () => opened.disposeAsync();
  return {
    stop,
    longestIn: (window, counted) => longest(workers, window, counted),
    countIn: ({ from, to }) =>
      workers.reduce((sum, { loop }) => sum + loop.done.filter(({ ended }) => ended >= from && ended <= to).length, 0),
    tables: (windows) => tables.map(({ table, rows }) => tableReport({ table, rows }, workers, windows)),
    [Symbol.asyncDispose]: stop,
  };
}

function tableReport(
  { table, rows }: Pick<ProbedTable, 'table' | 'rows'>,
  workers: readonly ProbeWorker[],
  { control, busy, asked }: Windows,
): ProbedTable {
  const own = workers.filter((worker) => worker.table === table);
  const errors: Record<string, number> = {};
  for (const worker of own)
    for (const [state, count] of Object.entries(worker.errors)) errors[state] = (errors[state] ?? 0) + count;
  return {
    ...{ table, rows, errors },
    operations: own.map(({ operation }) => operation),
    controlMs: longest(own, control, { since: control.from, asked: [] })?.ms ?? 0,
    longestMs: Math.max(0, ...busy.map((window) => longest(own, window, { since: window.from, asked })?.ms ?? 0)),
    count: own.reduce((sum, { loop }) => sum + loop.done.length, 0),
  };
}

function longest(workers: readonly ProbeWorker[], { from, to }: Span, { since, asked }: Counted): ProbeWait | null {
  let found: ProbeWait | null = null;
  for (const { table, operation, loop } of workers) {
    for (const { due, ended } of loop.done) {
      if (due > to || ended < from) continue;
      const wait = { from: Math.max(due, since), to: ended };
      const ms = wait.to - wait.from - overlap(wait, asked);
      if (found === null || ms > found.ms) found = { ms, table, operation };
    }
  }
  return found;
}
