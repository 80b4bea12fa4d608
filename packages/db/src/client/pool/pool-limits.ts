import type { ConnectionKind } from './connection-kind.ts';
import type { Pool } from './pool.ts';

/** What one pool may take of its server. */
export interface PoolLimits {
  /** `host:port`, or several of them. */
  readonly server: string;
  readonly connectionsMax: number;
  /** max_connections without those that are reserved. */
  readonly available: number;
  readonly connection: ConnectionKind;
}

const AVAILABLE = `SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
  - coalesce(current_setting('reserved_connections', true), '0')::int AS available`;

export async function askPoolLimits({ client, runner, place }: Pool): Promise<PoolLimits> {
  const rows = await runner.run(client, undefined, { text: AVAILABLE, params: [] });
  const { available } = rows[0] as { available: number };
  const server = place.slice(0, place.lastIndexOf('/'));
  return { server, connectionsMax: runner.use.max, available, connection: runner.gate.kind ?? 'direct' };
}
