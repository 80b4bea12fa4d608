import { setTimeout as sleep } from 'node:timers/promises';
import type { Run } from './run-state.ts';

/** A short run is not worth looking at. */
const FIRST_MS = 1_000;
const EVERY_MS = 250;
/** Whoever waits longer for one of our batches waits too long. */
const WAIT_MS_MAX = 100;
const LAG_BYTES_MAX = 64 * 1024 * 1024;

/** Looks after the others on the server until `done`: batches are held while a standby is too far behind, or while somebody has
 *  waited long for one of them; then they also become smaller. What this role may not see holds nothing. */
export async function watchOthers(run: Run, pids: readonly number[], done: AbortSignal): Promise<void> {
  for (let wait = FIRST_MS; !done.aborted; wait = EVERY_MS) {
    await sleep(wait, undefined, { signal: done }).catch(() => {});
    if (done.aborted) return;
    const waiting = await whoWaits(run, pids);
    if (waiting !== null && run.hold === null) run.size.halve();
    run.hold = waiting ?? (await whoLags(run));
    if (run.hold !== null) run.progress.paused(run.hold);
  }
}

async function whoWaits({ session }: Run, pids: readonly number[]): Promise<string | null> {
  const ours = `ARRAY[${pids.join()}]::int[]`;
  const [row] = await session.sql.unsafe<{ pid: number; application: string; ms: number }[]>(`
    SELECT pid, application_name AS application, ms::float8 AS ms
    FROM (SELECT pid, extract(epoch FROM clock_timestamp() - waitstart) * 1000 AS ms FROM pg_locks WHERE NOT granted) AS waits
    JOIN pg_stat_activity USING (pid)
    WHERE ms > ${WAIT_MS_MAX} AND pid <> ALL (${ours}) AND pg_blocking_pids(pid) && ${ours}
    ORDER BY ms DESC LIMIT 1`);
  if (row === undefined) return null;
  return `pid ${row.pid} (${row.application || 'no application_name'}) has waited ${Math.round(row.ms)} ms for a batch`;
}

async function whoLags({ session, wishes: { lagBytesMax = LAG_BYTES_MAX } }: Run): Promise<string | null> {
  if (lagBytesMax === 0) return null;
  const [row] = await session.sql<{ name: string; bytes: number }[]>`
    SELECT application_name AS name, bytes::float8 AS bytes
    FROM (SELECT application_name, pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) AS bytes FROM pg_stat_replication) AS standbys
    WHERE bytes > ${lagBytesMax} ORDER BY bytes DESC LIMIT 1`;
  if (row === undefined) return null;
  return `standby ${row.name} is ${(row.bytes / 1_000_000).toFixed(1)} MB behind`;
}
