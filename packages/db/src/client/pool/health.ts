import { DatabaseError, toDbError } from '../errors/index.ts';
import type { ConnectionKind } from './connection-kind.ts';
import type { Pool } from './pool.ts';

export type Health =
  | {
      readonly ok: true;
      /** Time to get a connection and an answer. */
      readonly latencyMs: number;
      readonly connection: ConnectionKind;
      /** A replica: it takes no writes. */
      readonly standby: boolean;
      readonly serverVersion: string;
    }
  | { readonly ok: false; readonly reason: string };

export async function askHealth({ client, runner }: Pool, timeoutMs: number): Promise<Health> {
  const startedAt = performance.now();
  const signal = AbortSignal.timeout(timeoutMs);
  const answer = runner
    .run(client, undefined, {
      text: "SELECT pg_is_in_recovery() AS standby, current_setting('server_version') AS version",
      params: [],
      signal,
    })
    .then((rows): Health => {
      const { standby, version } = rows[0] as { standby: boolean; version: string };
      const connection = runner.gate.kind ?? 'direct';
      return { ok: true, latencyMs: performance.now() - startedAt, connection, standby, serverVersion: version };
    })
    .catch((error: unknown): Health => ({ ok: false, reason: reasonOf(error) }));
  const late = new Promise<Health>((resolve) => {
    signal.addEventListener('abort', () => resolve({ ok: false, reason: `no answer within ${timeoutMs} ms` }), {
      once: true,
    });
  });
  return Promise.race([answer, late]);
}

function reasonOf(error: unknown): string {
  const typed = toDbError(error);
  return typed instanceof DatabaseError ? `${typed.name}: ${typed.message}` : String(typed);
}
