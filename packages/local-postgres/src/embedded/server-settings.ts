import { LOOPBACK } from './port.ts';

interface Wanted {
  /** Port on the loopback address. Undefined: the server is in a container, which sees to where it listens. */
  port: number | undefined;
  durable: boolean;
  settings: Record<string, string>;
}

/** Arguments of `postgres` after `-D`: ours first, so that the caller's settings win. TCP on the loopback address only:
 *  a Unix socket would need a path below 107 bytes, and Windows has none. */
export function serverArguments(wanted: Wanted): string[] {
  const settings: Record<string, string> = {
    ...(wanted.port === undefined
      ? {}
      : { listen_addresses: LOOPBACK, port: String(wanted.port), unix_socket_directories: '' }),
    max_connections: '200',
    shared_buffers: '64MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(wanted.durable ? {} : throwaway),
    ...wanted.settings,
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** No promise after a power cut; a crash of Postgres alone loses nothing. The log is kept small, it may lie in memory. */
const throwaway: Record<string, string> = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  checkpoint_timeout: '1h',
  min_wal_size: '32MB',
  max_wal_size: '256MB',
};
