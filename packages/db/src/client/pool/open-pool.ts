import type { Socket } from 'node:net';
import postgres, { type Options, type Sql } from 'postgres';
import { parseConnectionUrl } from './connection-url.ts';
import { primaryFinder } from './find-primary.ts';
import { mendSocket } from './mend-socket.ts';
import { failedSocket, nameOf, openSocket } from './open-socket.ts';
import type { Pool } from './pool.ts';
import { startupParameters, type Timeouts } from './profiles.ts';

export interface PoolOptions {
  readonly url: string;
  readonly app: string;
  readonly password?: (() => string | Promise<string>) | undefined;
  readonly connectionsMax: number;
  readonly timeouts: Timeouts;
  /** Its transactions are read only, where nothing between drops start-up parameters. */
  readonly readOnly?: boolean;
  /** Its connections stay until they are closed, for what lives in a session. */
  readonly keepsSession?: boolean;
  readonly onClose?: (() => void) | undefined;
  readonly onNotify?: ((channel: string, payload: string) => void) | undefined;
}

/** A connection is renewed after half an hour to an hour, postgres.js' own habit; statements that it prepared go with it. */
export const CONNECTION_AGE_MAX_MS = 3_600_000;

/** A pool that has not connected yet and prepares nothing until the gate says so.
 *  @throws {DbClientError} DB_CLIENT_URL_INVALID */
export function openPool(options: PoolOptions): Omit<Pool, 'runner'> {
  const { app, password, connectionsMax, timeouts, readOnly = false, keepsSession, onClose, onNotify } = options;
  const url = parseConnectionUrl(options.url);
  const { connectMs } = timeouts;
  const driverOptions: Options<Record<string, never>> = {
    max: connectionsMax,
    prepare: false,
    // the gate asks for them, once for all connections
    fetch_types: false,
    connection: { application_name: app, ...startupParameters(timeouts, readOnly) },
    connect_timeout: connectMs / 1_000,
    onnotice: () => {},
    ...(password !== undefined && { pass: password }),
  };
  const [first] = url.hosts;
  const findHost = url.wantsPrimary ? primaryFinder(url, driverOptions, connectMs) : async () => first;
  const sockets = new Set<Socket>();
  const socket = async () => {
    try {
      const opened = await openSocket(await findHost(), url, connectMs);
      sockets.add(opened.once('close', () => sockets.delete(opened)));
      mendSocket(opened);
      return opened;
    } catch (error) {
      return failedSocket(error);
    }
  };
  const client = postgres(url.url, {
    ...driverOptions,
    // not in the driver's types: who opens its sockets
    ...{ socket },
    ...(url.wantsPrimary && { target_session_attrs: 'primary' as const }),
    ...(keepsSession && { max_lifetime: null }),
    ...(onClose !== undefined && { onclose: onClose }),
    ...(onNotify !== undefined && { onnotify: onNotify }),
  });
  passDatesThrough(client);
  const place = `${url.socketFolder ?? url.hosts.map(nameOf).join()}/${client.options.database}`;
  return { client, sockets, place };
}

/** drizzle's columns read and write dates themselves, from and to text.
 *  Source: drizzle-orm/postgres-js, driver */
function passDatesThrough({ options }: Sql): void {
  const parsers: Record<number, (text: string) => unknown> = options.parsers;
  for (const type of [1184, 1082, 1083, 1114]) {
    parsers[type] = (text) => text;
    options.serializers[type] = (value: unknown) => (value instanceof Date ? value.toISOString() : value);
  }
}
