import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '../connect/session.ts';
import { LOCKS_OF_SQL } from './around-sql.ts';
import type { Files, LoggedLock } from './statement-log.ts';

const EVERY_MS = 5;

interface Watched<T> {
  readonly value: T;
  readonly locks: readonly LoggedLock[];
}

/** Runs `body`, a statement on `session`, and looks every 5 ms from `watcher` which locks it holds: a statement that no transaction can
 *  hold commits in between, and its locks with it. */
export async function watchLocks<T>(
  watcher: Session,
  session: Session,
  files: Files,
  body: () => Promise<T>,
): Promise<Watched<T>> {
  const [row] = await session.sql<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
  const seen = new Map<string, { relation: string; mode: string; from: number; to: number }>();
  const watch = new AbortController();
  const watching = (async () => {
    while (!watch.signal.aborted) {
      const held = await watcher.sql.unsafe<{ relation: string; mode: string; oid: number }[]>(LOCKS_OF_SQL, [
        row?.pid ?? 0,
      ]);
      const now = performance.now();
      for (const { relation, mode, oid } of held) {
        if (!files.has(oid)) continue;
        const key = `${mode} ${relation}`;
        seen.set(key, { relation, mode, from: seen.get(key)?.from ?? now, to: now });
      }
      await sleep(EVERY_MS);
    }
  })();
  try {
    const value = await body();
    watch.abort();
    await watching;
    return {
      value,
      locks: [...seen.values()].map(({ relation, mode, from, to }) => ({ relation, mode, heldMs: to - from })),
    };
  } finally {
    watch.abort();
    await watching.catch(() => {});
  }
}
