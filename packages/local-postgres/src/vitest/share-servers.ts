import type { LocalPostgres } from '../types.ts';

interface Shared {
  servers: Promise<LocalPostgres[]>;
  /** How many projects of the run use them. */
  users: number;
}

/* Every vitest project loads its own copy of this module, all in one process: what they share hangs on the global object. */
const key = Symbol.for('@repo/local-postgres shared servers');
const slot = globalThis as typeof globalThis & { [key]?: Shared };

/** The servers of this run: the first caller starts them, the last to leave stops them. */
export async function shareServers(
  start: () => Promise<LocalPostgres[]>,
): Promise<{ servers: LocalPostgres[]; leave: () => Promise<void> }> {
  const shared = slot[key] ?? { servers: start(), users: 0 };
  slot[key] = shared;
  shared.users += 1;
  const servers = await shared.servers.catch((error: unknown) => {
    delete slot[key];
    throw error;
  });
  const leave = async (): Promise<void> => {
    shared.users -= 1;
    if (shared.users > 0) return;
    delete slot[key];
    await Promise.all(servers.map((server) => server.stop()));
  };
  return { servers, leave };
}
