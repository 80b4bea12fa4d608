import type { Sql } from 'postgres';
import { DbError } from '../errors/db-error.ts';

/** A pooler answers the start-up handshake itself, with a process id that is not the backend's. */
export function poolerStandsBetween(handshake: object | undefined, backendPid: number): boolean {
  return handshake !== undefined && 'pid' in handshake && handshake.pid !== backendPid;
}

/** Lets a session-mode pooler through, whose clients keep their server process, and refuses every other: there two clients are seen
 *  to share one process, or one client to change it, and a session lock would be somebody else's.
 *  @throws {DbError} DB_POOLER */
export async function requireOwnBackend(first: Sql, openSecond: () => Sql): Promise<void> {
  const second = openSecond();
  try {
    const pids: number[][] = [];
    for (let round = 0; round < 3; round += 1) pids.push([await backendPid(first), await backendPid(second)]);
    const [ours, theirs] = [0, 1].map((side) => new Set(pids.map((pair) => pair[side])));
    if (ours?.size === 1 && theirs?.size === 1 && ours.isDisjointFrom(theirs)) return;
  } finally {
    await second.end({ timeout: 1 });
  }
  throw new DbError('DB_POOLER', {
    why: 'two connections were given one server process: a pooler in transaction mode stands between, where session locks are worthless',
  });
}

async function backendPid(sql: Sql): Promise<number> {
  const [row] = await sql<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
  return row?.pid ?? 0;
}
