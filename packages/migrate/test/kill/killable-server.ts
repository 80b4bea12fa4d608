import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LocalPostgres, type PostgresVersion, startPostgres } from '@repo/local-postgres';

/** A server of one's own that may be killed and comes back on its data. */
export interface KillableServer extends AsyncDisposable {
  /** Superuser's connection string; the port may be another one after a restart. */
  url(): string;
  /** As a crash: no shutdown checkpoint, open transactions lost. Ends once the postmaster is gone. */
  kill(): Promise<void>;
  restart(): Promise<void>;
}

export async function startKillableServer(version: PostgresVersion): Promise<KillableServer> {
  const home = await mkdtemp(join(tmpdir(), 'migrate-kill-'));
  // The server may run as another user, who must get through here.
  await chmod(home, 0o755);
  const start = () =>
    startPostgres({
      version,
      source: 'embedded',
      persist: join(home, 'server'),
      // The machine stays up, so what was written is there; commits are written at once, as in production.
      durable: false,
      settings: { synchronous_commit: 'on' },
    });
  let server = await start();
  return {
    url: () => server.url,
    kill: () => killPostmaster(server),
    restart: async () => {
      await server.stop();
      server = await start();
    },
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function killPostmaster({ pid }: LocalPostgres): Promise<void> {
  if (pid === undefined) throw new Error('the server is not our child');
  process.kill(pid, 'SIGQUIT');
  while (isAlive(pid)) await sleep(2);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
