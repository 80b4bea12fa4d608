import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LocalPostgres, type PostgresVersion, startPostgres } from '@repo/local-postgres';
import postgres, { type Sql } from 'postgres';
import { migrateTo } from '../support/database.ts';

export interface ReplicatedServer {
  readonly url: string;
  /** A connection of the test's own. */
  readonly sql: Sql;
  /** Ends the server; `start` brings it back on the same port. */
  stop(): Promise<void>;
  /** Ends it as a crash does: nobody is told, nothing is finished. */
  kill(): Promise<void>;
  start(settings?: Record<string, string>): Promise<void>;
  /** Lets sessions end, and refuses new ones with 57P03 meanwhile. */
  shutDownSmartly(): void;
}

export interface Replicated extends AsyncDisposable {
  readonly primary: ReplicatedServer;
  /** Streams from the primary, which does not wait for it unless `synchronous_standby_names` is set to standby. */
  readonly standby: ReplicatedServer;
}

/** A migrated server and a real streaming replica of it, made from a copy of its files. Both are of this test alone. */
export async function startReplicated(version: number, settings: Record<string, string> = {}): Promise<Replicated> {
  const folder = await mkdtemp(join(tmpdir(), 'replicated-'));
  // the servers' own user must be able to enter
  await chmod(folder, 0o755);
  const [first, second] = [join(folder, 'a'), join(folder, 'b')];
  const major = version as PostgresVersion;
  const begin = await startPostgres({ source: 'embedded', version: major, persist: first, durable: false });
  await migrateTo(begin.url);
  await begin.stop();
  spawnSync('cp', ['-a', first, second]);
  await writeFile(join(second, 'data', 'standby.signal'), '');
  const primary = await server(first, settings);
  const { hostname, port, username, password } = new URL(primary.url);
  const standby = await server(second, {
    primary_conninfo: `host=${hostname} port=${port} user=${username} password=${password} application_name=standby`,
    max_standby_streaming_delay: '100ms',
  });
  return {
    primary,
    standby,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([primary.stop(), standby.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function server(persist: string, settings: Record<string, string>): Promise<ReplicatedServer> {
  let running: LocalPostgres | undefined;
  let port: number | undefined;
  const start = async (more: Record<string, string> = {}) => {
    running = await startPostgres({
      source: 'embedded',
      persist,
      durable: false,
      ...(port !== undefined && { port }),
      settings: { ...settings, ...more },
    });
    port = Number(new URL(running.url).port);
    return running.url;
  };
  const stop = async () => {
    await running?.stop();
    running = undefined;
  };
  const url = await start();
  const sql = postgres(url, { max: 2, onnotice: () => {} });
  return {
    url,
    sql,
    stop,
    kill: async () => {
      if (running?.pid !== undefined) process.kill(running.pid, 'SIGQUIT');
      await stop();
    },
    start: async (more) => void (await start(more)),
    shutDownSmartly: () => {
      if (running?.pid !== undefined) process.kill(running.pid, 'SIGTERM');
    },
  };
}

/** Waits until `standby` shows all that `primary` has committed. */
export async function caughtUp({ primary, standby }: Replicated): Promise<void> {
  const [now] = await primary.sql`SELECT pg_current_wal_insert_lsn()::text AS at`;
  for (;;) {
    const [row] = await standby.sql`SELECT pg_last_wal_replay_lsn() >= ${String(now?.['at'])}::pg_lsn AS done`;
    if (row?.['done'] === true) return;
    await sleep(20);
  }
}
