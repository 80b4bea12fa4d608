import postgres, { type Options } from 'postgres';
import type { ConnectionUrl, Host } from './connection-url.ts';
import { nameOf, openSocket } from './open-socket.ts';

/** The host that takes writes, asked for each new connection; those who ask meanwhile share the answer. All hosts are asked at once,
 *  so one that does not answer delays nobody.
 *  @throws CONNECT_NO_PRIMARY, with each host's reason; a refused password where that is why */
export function primaryFinder(url: ConnectionUrl, options: Options<Record<string, never>>, timeoutMs: number) {
  let asking: Promise<Host> | undefined;
  return (): Promise<Host> => {
    asking ??= findPrimary(url, options, timeoutMs).finally(() => {
      asking = undefined;
    });
    return asking;
  };
}

async function findPrimary(
  url: ConnectionUrl,
  options: Options<Record<string, never>>,
  timeoutMs: number,
): Promise<Host> {
  try {
    return await Promise.any(url.hosts.map((host) => requirePrimary(host, url, options, timeoutMs)));
  } catch (error) {
    const reasons: readonly Error[] = error instanceof AggregateError ? error.errors : [];
    const refused = reasons.find((reason) => 'code' in reason && /^(28|3D)/.test(String(reason.code)));
    if (refused !== undefined) throw refused;
    const each = url.hosts.map((host, at) => `${nameOf(host)}: ${reasons[at]?.message}`).join('; ');
    throw Object.assign(new Error(`no host takes writes (${each})`), { code: 'CONNECT_NO_PRIMARY' });
  }
}

async function requirePrimary(
  host: Host,
  url: ConnectionUrl,
  options: Options<Record<string, never>>,
  timeoutMs: number,
): Promise<Host> {
  const socket = await openSocket(host, url, timeoutMs);
  const sql = postgres(url.url, { ...options, ...{ socket: () => socket }, max: 1 });
  const late = setTimeout(() => socket.destroy(), timeoutMs);
  try {
    const [row] = await sql.unsafe<{ standby: boolean }[]>('SELECT pg_is_in_recovery() AS standby');
    if (row?.standby !== false) throw new Error('a replica');
    return host;
  } finally {
    clearTimeout(late);
    await sql.end({ timeout: 1 });
  }
}
