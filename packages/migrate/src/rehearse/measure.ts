import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from 'postgres';
import { openSession } from '../connect/session.ts';
import { MOMENT_SQL } from './around-sql.ts';
import { assessMigration, longer, round } from './assess.ts';
import type { Copy } from './copy/copy.ts';
import { type Probe, startProbe } from './probe/probe.ts';
import type { Touched } from './probe/touched-tables.ts';
import type { Application } from './probe/worker.ts';
import type { Rehearsal } from './report.ts';
import { readServerClock } from './server-clock.ts';
import type { Span } from './span.ts';
import { createStatementLog, type LoggedMigration, type StatementLog } from './statement-log.ts';

export interface MeasureOptions {
  /** Operations a second on each table, of each kind. */
  readonly ratePerSecond: number;
  /** Tables that are probed at most. */
  readonly tablesMax: number;
  /** How long the probe runs before, without what is measured. */
  readonly controlMs: number;
  readonly talk: (line: string) => void;
}

/** What is measured on a copy. */
export interface Work {
  readonly domain: string;
  /** Whose writers and readers the probe plays. */
  readonly application: Application;
  /** The tables on which it does. */
  readonly touched: (sql: Sql) => Promise<Touched>;
  /** Does it, with the log as its observer. A failure is a result. */
  readonly run: (log: StatementLog) => Promise<Rehearsal['failed']>;
}

/** What a run on a copy gives; the rest of a report is of the whole rehearsal. */
export type Run = Omit<Rehearsal, 'domain' | 'source' | 'copy' | 'budget'>;

/** Connections and plans of the first operations are not what is measured. */
const WARM_UP_MS = 300;

const CONTROL_PARTS = 5;

/** Does some work on a copy beside the probe; first the probe runs alone. */
export async function measure(copy: Copy, work: Work, options: MeasureOptions): Promise<Run> {
  const { ratePerSecond, talk } = options;
  await using watcher = await openSession(copy.target, { app: `db rehearse ${work.domain}`, readOnly: true });
  const { tables, left } = await work.touched(watcher.sql);
  if (left > 0) talk(`  note: the probe works on the ${tables.length} largest of ${tables.length + left} tables`);
  await using probe = await startProbe(copy.target, tables, { perSecond: ratePerSecond, of: work.application });
  await sleep(WARM_UP_MS);
  const alone = await control(probe, options.controlMs, async () => {
    const [row] = await watcher.sql.unsafe<{ wal: number }[]>(MOMENT_SQL);
    return row?.wal ?? 0;
  });
  const log = createStatementLog(watcher, await readServerClock(watcher));
  const failed = await work.run(log);
  await probe.stop();
  const asked = log.migrations.flatMap((one) => one.asked);
  const waits = {
    countIn: probe.countIn,
    longestIn: (window: Span, since: number) => probe.longestIn(window, { since, asked }),
  };
  const migrations = log.migrations.map((logged) => assessMigration(logged, waits, alone.walPerOperation));
  return {
    ...{ migrations, ratePerSecond, failed },
    probed: probedOf(probe, alone.span, log.migrations),
    controlMs: round(probe.longestIn(alone.span, { since: alone.span.from, asked })?.ms ?? 0),
    longestWait: longer(
      migrations.flatMap((one) => [one.longestWait, ...one.backfills.map(({ longestWait }) => longestWait)]),
    ),
  };
}

interface Control {
  readonly span: Span;
  /** Bytes of the log that one operation of the probe writes; of the quietest of some spans: others on the server write too. */
  readonly walPerOperation: number;
}

async function control(probe: Probe, ms: number, readWal: () => Promise<number>): Promise<Control> {
  const begun = performance.now();
  const rates: number[] = [];
  for (let part = 0; part < CONTROL_PARTS; part += 1) {
    const [from, before] = [performance.now(), await readWal()];
    await sleep(ms / CONTROL_PARTS);
    const written = (await readWal()) - before;
    rates.push(written / Math.max(1, probe.countIn({ from, to: performance.now() })));
  }
  return { span: { from: begun, to: performance.now() }, walPerOperation: Math.min(...rates) };
}

function probedOf(probe: Probe, control: Span, migrations: readonly LoggedMigration[]): Run['probed'] {
  const windows = { control, busy: migrations.flatMap(spansOf), asked: migrations.flatMap(({ asked }) => asked) };
  return probe.tables(windows).map((table) => ({
    ...table,
    controlMs: round(table.controlMs),
    longestMs: round(table.longestMs),
  }));
}

function spansOf({ span, backfills }: LoggedMigration): readonly Span[] {
  return [...(span === null ? [] : [span]), ...backfills];
}
