import { setTimeout as sleep } from 'node:timers/promises';
import { migrateDomain } from '../apply/migrate-domain.ts';
import type { ApplyEvent } from '../apply/report.ts';
import type { DomainConfig } from '../config/config.ts';
import { openSession } from '../connect/session.ts';
import { DbError } from '../errors/db-error.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import { MOMENT_SQL } from './around-sql.ts';
import { assessMigration, longer, round } from './assess.ts';
import type { Copy } from './copy/copy.ts';
import { type Probe, startProbe } from './probe/probe.ts';
import { touchedTables } from './probe/touched-tables.ts';
import type { Rehearsal } from './report.ts';
import { readServerClock } from './server-clock.ts';
import { createStatementLog, type LoggedMigration, type Span, type StatementLog } from './statement-log.ts';

export interface RunOptions {
  readonly root: string;
  readonly pending: readonly ParsedMigration[];
  readonly allowLate: ReadonlySet<string>;
  /** Operations a second on each table, of each kind. */
  readonly ratePerSecond: number;
  /** Tables that are probed at most. */
  readonly tablesMax: number;
  /** How long the probe runs before, without a migration. */
  readonly controlMs: number;
  readonly onEvent: (event: ApplyEvent) => void;
  readonly talk: (line: string) => void;
}

/** What a run on a copy gives; the rest of a report is of the whole rehearsal. */
export type Run = Omit<Rehearsal, 'domain' | 'source' | 'copy' | 'budget'>;

/** Connections and plans of the first operations are not what is measured. */
const WARM_UP_MS = 300;

/** Applies what is pending to a copy, by the code of `migrate`, beside the probe; first the probe runs alone. A migration that fails
 *  is a result. */
export async function rehearseOn(domain: DomainConfig, copy: Copy, options: RunOptions): Promise<Run> {
  const { pending, ratePerSecond, talk } = options;
  await using watcher = await openSession(copy.target, { app: `db rehearse ${domain.name}`, readOnly: true });
  const { backfills } = await domain.load();
  const { tables, left } = await touchedTables(watcher.sql, pending, backfills, options.tablesMax);
  if (left > 0) talk(`  note: the probe works on the ${tables.length} largest of ${tables.length + left} tables`);
  await using probe = await startProbe(copy.target, tables, ratePerSecond);
  await sleep(WARM_UP_MS);
  const alone = await control(probe, options.controlMs, async () => {
    const [row] = await watcher.sql.unsafe<{ wal: number }[]>(MOMENT_SQL);
    return row?.wal ?? 0;
  });
  const log = createStatementLog(watcher, await readServerClock(watcher));
  const failed = await apply(domain, copy, log, options);
  await probe.stop();
  const migrations = log.migrations.map((logged) => assessMigration(logged, probe, alone.walPerOperation));
  return {
    ...{ migrations, ratePerSecond, failed },
    probed: probe.tables(alone.span, log.migrations.flatMap(spansOf)).map((table) => ({
      ...table,
      controlMs: round(table.controlMs),
      longestMs: round(table.longestMs),
    })),
    controlMs: round(probe.longestIn(alone.span)?.ms ?? 0),
    longestWait: longer(
      migrations.flatMap((one) => [one.longestWait, ...one.backfills.map(({ longestWait }) => longestWait)]),
    ),
  };
}

interface Control {
  readonly span: Span;
  /** Bytes of the log that one operation of the probe writes. */
  readonly walPerOperation: number;
}

async function control(probe: Probe, ms: number, readWal: () => Promise<number>): Promise<Control> {
  const [from, before] = [performance.now(), await readWal()];
  await sleep(ms);
  const span = { from, to: performance.now() };
  const written = (await readWal()) - before;
  return { span, walPerOperation: written / Math.max(1, probe.countIn(span)) };
}

function spansOf({ span, backfills }: LoggedMigration): readonly Span[] {
  return [...(span === null ? [] : [span]), ...backfills];
}

async function apply(
  domain: DomainConfig,
  copy: Copy,
  log: StatementLog,
  { root, pending, allowLate, onEvent }: RunOptions,
): Promise<Rehearsal['failed']> {
  try {
    const to = pending.at(-1)?.name;
    await migrateDomain(domain, { root, target: copy.target, to, allowLate, onEvent, observer: log });
    return null;
  } catch (error) {
    if (!(error instanceof DbError)) throw error;
    return { code: error.code, message: error.message, fix: error.fix };
  }
}
