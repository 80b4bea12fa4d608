import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from 'postgres';
import type { QueryRunner } from '../query/query-runner.ts';

/** Connections to one place, and what sends queries on them. */
export interface Pool {
  readonly client: Sql;
  readonly runner: QueryRunner;
  /** Its connections, also those still in their handshake. */
  readonly sockets: ReadonlySet<Socket>;
  /** Where it leads, without user and password: `host:port,host2:port/database`. */
  readonly place: string;
}

/** Refuses what is new, lets what runs end for drainMs at most, then breaks off what is left. */
export async function closePool({ client, runner, sockets }: Pool, drainMs: number): Promise<void> {
  const until = performance.now() + drainMs;
  const drained = new AbortController();
  const deadline = sleep(drainMs, undefined, { signal: drained.signal }).catch(() => {});
  await Promise.race([runner.use.close(), deadline]);
  drained.abort();
  // what used `$client` itself; a connection that broke in a query would be waited for in vain
  const leftMs = sockets.size === 0 ? 0 : Math.max(until - performance.now(), 0);
  await client.end({ timeout: leftMs / 1_000 });
  for (const socket of sockets) socket.destroy();
}
