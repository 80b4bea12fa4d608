import { openSession, type Session } from '../connect/session.ts';

/** How far the server is with a long statement. */
export interface StatementProgress {
  /** The server's word, for example `building index: scanning table`. */
  readonly phase: string;
  readonly done: number;
  /** 0 where the server does not say. */
  readonly total: number;
}

const FIRST_MS = 1_000;
const EVERY_MS = 500;

/** Runs `body`, a statement on `session`, and tells how far it is from a second connection, from the first second on. Watching
 *  never fails the statement. */
export async function watchProgress<T>(
  session: Session,
  onProgress: ((progress: StatementProgress) => void) | undefined,
  body: () => Promise<T>,
): Promise<T> {
  if (onProgress === undefined) return await body();
  const [row] = await session.sql<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
  const watch = new AbortController();
  const watching = poll(session, row?.pid ?? 0, onProgress, watch.signal).catch(() => {});
  try {
    return await body();
  } finally {
    watch.abort();
    await watching;
  }
}

async function poll(
  session: Session,
  pid: number,
  onProgress: (progress: StatementProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  if (await ended(signal, FIRST_MS)) return;
  await using second = await openSession(session.target, { app: 'db progress', readOnly: true });
  do {
    const [row] = await second.sql<StatementProgress[]>`
      SELECT phase, done::float8 AS done, total::float8 AS total FROM (
        SELECT pid, command || ': ' || phase AS phase, greatest(blocks_done, tuples_done) AS done, greatest(blocks_total, tuples_total) AS total FROM pg_stat_progress_create_index
        UNION ALL SELECT pid, 'VACUUM: ' || phase, heap_blks_scanned, heap_blks_total FROM pg_stat_progress_vacuum
        UNION ALL SELECT pid, command || ': ' || phase, heap_blks_scanned, heap_blks_total FROM pg_stat_progress_cluster
        UNION ALL SELECT pid, 'ANALYZE: ' || phase, sample_blks_scanned, sample_blks_total FROM pg_stat_progress_analyze) p
      WHERE pid = ${pid}`;
    if (row !== undefined) onProgress(row);
  } while (!(await ended(signal, EVERY_MS)));
}

/** Waits; true as soon as the statement has ended. */
function ended(signal: AbortSignal, ms: number): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(true);
  return new Promise((settle) => {
    const timer = setTimeout(() => settle(signal.aborted), ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      settle(true);
    });
  });
}
