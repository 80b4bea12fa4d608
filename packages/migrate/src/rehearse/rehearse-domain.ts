import { openScratch, type Scratch } from '../author/scratch.ts';
import type { DomainConfig } from '../config/config.ts';
import { openSession } from '../connect/session.ts';
import type { Target } from '../connect/target.ts';
import { judge } from './assess.ts';
import { cloneOrReplay } from './copy/clone-or-replay.ts';
import type { Copy } from './copy/copy.ts';
import { replayOf } from './copy/replay.ts';
import { readStatistics } from './copy/statistics.ts';
import { type RunOptions, rehearseOn } from './rehearse-on.ts';
import type { Rehearsal } from './report.ts';
import { readSource, type Source } from './source.ts';

export interface RehearseOptions extends Omit<RunOptions, 'pending'> {
  /** What is copied; only ever read. */
  readonly target: Target;
  /** Where row counts are read. Undefined: in `target`. */
  readonly statistics: Target | undefined;
  /** Server for a copy that is no clone. Undefined: a local one. */
  readonly scratchUrl: string | undefined;
  /** Rows of the largest table of such a copy. */
  readonly rows: number;
  readonly to: string | undefined;
  /** Longest wait of the probe, in milliseconds. Undefined: there is no limit. */
  readonly budgetMs: number | undefined;
  /** Whatever must be undone also where the process is interrupted. */
  readonly guard: (copy: AsyncDisposable) => void;
}

/** Rehearses what is pending on a copy of a domain's database, which is dropped afterwards: by the code of `migrate`, beside writers and
 *  readers that are timed. The database itself is only read.
 *  @throws {DbError} DB_PRODUCTION without a server for the copy, and whatever `migrate` refuses; what fails on the copy is a result */
export async function rehearseDomain(domain: DomainConfig, options: RehearseOptions): Promise<Rehearsal> {
  const { target, budgetMs, guard } = options;
  const source = await readSource(domain, target, options);
  const facts = { domain: domain.name, source: target.label };
  if (source.pending.length === 0) return { ...facts, ...NOTHING, ratePerSecond: options.ratePerSecond };
  await using opened = new AsyncDisposableStack();
  guard({ [Symbol.asyncDispose]: () => opened.disposeAsync() });
  const copy = opened.use(await copyOf(domain, source, options, opened));
  const run = await rehearseOn(domain, copy, { ...options, pending: source.pending });
  const budget = budgetMs === undefined ? null : judge(run.migrations, run.controlMs, budgetMs);
  return { ...facts, copy: copy.report, ...run, budget };
}

const NOTHING = {
  ...{ copy: null, migrations: [], probed: [], controlMs: 0, longestWait: null, budget: null, failed: null },
} as const;

async function copyOf(
  domain: DomainConfig,
  source: Source,
  options: RehearseOptions,
  opened: AsyncDisposableStack,
): Promise<Copy> {
  const { target, talk, root, rows } = options;
  return await cloneOrReplay({ ...source, domain: domain.name, target }, options, async (why) => {
    const scratch: Scratch = opened.use(await openScratch(options.scratchUrl, talk));
    await using counted = await openSession(options.statistics ?? target, { app: 'db rehearse', readOnly: true });
    const statistics = await readStatistics(counted.sql, domain.schema);
    return await replayOf(domain, scratch, { root, applied: source.applied, why, rows, statistics, talk });
  });
}
