import { setTimeout as sleep } from 'node:timers/promises';
import { LOCK_BUDGET_SECONDS } from '../lock/give-way.ts';
import { runBatch } from './batch.ts';
import { type BloatKeeper, createBloatKeeper } from './bloat.ts';
import { lockedOut, nameOf, rowFailed, statementFailed } from './failures.ts';
import { createFrontier, type Frontier } from './frontier.ts';
import { findRange, halve, type KeyRange } from './key-range.ts';
import type { Run } from './run-state.ts';
import { watchOthers } from './watch.ts';
import type { Worker } from './worker.ts';

/** What the workers of one pass share. */
interface Pass {
  readonly run: Run;
  readonly frontier: Frontier;
  readonly bloat: BloatKeeper;
  /** Ends the pass after the batches that are at work. */
  readonly stop: AbortController;
}

const HELD_MS = 50;
/** Batches that a worker has been sent: while one is at work the next one lies ready, so that the server does not wait for us. */
const SENT_MAX = 2;

/** One pass over the table by ranges of its key, from `cursor` (exclusive; NULL: from the beginning), by all workers at once.
 *  @throws {DbError} the first failure of a worker, after the others have ended their batches */
export async function walk(
  run: Run,
  workers: readonly Worker[],
  cursor: string | null,
  rowsLeft: number,
): Promise<void> {
  const bloat = await createBloatKeeper(run, rowsLeft);
  const frontier = createFrontier(cursor, (lower) =>
    findRange(run.session, run.backfill, { lower, keys: run.size.keys, until: null }),
  );
  const pass: Pass = { run, bloat, frontier, stop: new AbortController() };
  const orStop = (work: Promise<void>) =>
    work.catch((error: unknown) => {
      pass.stop.abort();
      throw error;
    });
  const pids = workers.map(({ pid }) => pid);
  const watching = orStop(watchOthers(run, pids, pass.stop.signal));
  const lanes = workers.flatMap((worker) => Array.from({ length: SENT_MAX }, () => worker));
  const working = Promise.allSettled(lanes.map((worker) => orStop(work(pass, worker))));
  const ends = await working.finally(() => pass.stop.abort());
  const aside = await Promise.allSettled([watching, bloat.rest()]);
  const failed = [...ends, ...aside].find(({ status }) => status === 'rejected');
  run.hold = null;
  if (failed?.status === 'rejected') throw failed.reason;
}

async function work(pass: Pass, worker: Worker): Promise<void> {
  const { run, frontier, stop } = pass;
  for (;;) {
    while (run.hold !== null && !stop.signal.aborted) await sleep(HELD_MS);
    if (stop.signal.aborted) return;
    // Its lock is lost with it.
    run.session.alive();
    const range = await frontier.claim();
    if (range === null) return;
    await change(pass, worker, range);
  }
}

/** Commits a range: as it is, or in ever smaller parts where somebody is in the way or a row is at fault. */
async function change(pass: Pass, worker: Worker, range: KeyRange): Promise<void> {
  const { run, frontier, bloat, stop } = pass;
  const left = [range];
  for (let part = left.shift(); part !== undefined && !stop.signal.aborted; part = left.shift()) {
    const now = part;
    const batch = runBatch(worker.session, worker.textOf(now, frontier.cursorAfter(now)));
    const end = await batch.catch((error: unknown) => {
      throw statementFailed(error, run.backfill, nameOf(now));
    });
    if (end.as === 'committed') {
      frontier.settle(now);
      bloat.changed(end.rows);
      run.size.took(now.keys, end.ms);
      run.progress.committed(end.rows);
      const wait = run.pace(end.rows, performance.now());
      if (wait > 0) await sleep(wait);
      continue;
    }
    if (end.as === 'in the way') await giveWay(run, now);
    const parts = await halve(worker.session, run.backfill, now);
    const failed = end.as === 'row at fault' && parts.length === 1;
    if (failed) setAside(run, now, end.error);
    const rest = failed ? [] : parts;
    frontier.split(now, rest);
    left.unshift(...rest);
  }
}

/** @throws {DbError} DB_BACKFILL_ROW where the run shall not go on behind it */
function setAside({ wishes, backfill, failed }: Run, { upper: key }: KeyRange, error: Error): void {
  if (wishes.keepGoing !== true) throw rowFailed(backfill, key, error);
  failed.set(key, { key, why: error.message });
}

/** Waits outside of any lock queue; batches are smaller from then on.
 *  @throws {DbError} DB_LOCK_TIMEOUT where nothing was changed for the budget */
async function giveWay(run: Run, range: KeyRange): Promise<void> {
  if (run.progress.idleMs() > LOCK_BUDGET_SECONDS * 1000) throw await lockedOut(run, range);
  run.size.halve();
  run.progress.paused('somebody else has locked rows of the batch');
  await sleep(50 + Math.random() * 100);
}
