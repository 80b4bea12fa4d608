import type { Sql } from 'postgres';

/** What answers at the URL. `direct`: Postgres itself. `pooler`: a process between, which may give each transaction another server
 *  process, so that nothing may be kept in a session. */
export type ConnectionKind = 'direct' | 'pooler';

/** Asks once, on the pool's own first connection. A pooler answers the handshake with a process id that is not the backend's, or
 *  refuses start-up parameters; `withoutParameters` is called before a refused one is asked anew. */
export async function detectConnectionKind(client: Sql, withoutParameters: () => void): Promise<ConnectionKind> {
  try {
    return (await isBackend(client)) ? 'direct' : 'pooler';
  } catch (error) {
    if (!refusesParameters(error)) throw error;
    withoutParameters();
    await client.unsafe('SELECT 1');
    return 'pooler';
  }
}

async function isBackend(client: Sql): Promise<boolean> {
  const result = await client.unsafe<{ pid: number }[]>('SELECT pg_backend_pid() AS pid');
  const state: unknown = Reflect.get(result, 'state');
  const handshake = typeof state === 'object' && state !== null && 'pid' in state ? state.pid : undefined;
  return handshake === result[0]?.pid;
}

function refusesParameters(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '08P01' && /startup parameter/.test(error.message);
}
