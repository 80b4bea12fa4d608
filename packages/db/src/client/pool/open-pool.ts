import postgres, { type Sql } from 'postgres';
import { parseConnectionUrl } from './connection-url.ts';
import { startupParameters, type Timeouts } from './profiles.ts';

export interface PoolOptions {
  readonly url: string;
  readonly app: string;
  readonly password?: (() => string | Promise<string>) | undefined;
  readonly connectionsMax: number;
  readonly timeouts: Timeouts;
  readonly onClose?: () => void;
}

/** A connection is renewed after half an hour to an hour, postgres.js' own habit; statements that it prepared go with it. */
export const CONNECTION_AGE_MAX_MS = 3_600_000;

/** A pool that has not connected yet and prepares nothing until the gate says so. */
export function openPool({ url, app, password, connectionsMax, timeouts, onClose }: PoolOptions): Sql {
  const { url: plainUrl, ssl, socketFolder, hostCount } = parseConnectionUrl(url);
  const client = postgres(plainUrl, {
    max: connectionsMax,
    prepare: false,
    ssl,
    connection: { application_name: app, ...startupParameters(timeouts) },
    connect_timeout: 10,
    onnotice: () => {},
    ...(hostCount > 1 && !plainUrl.includes('target_session_attrs=') && { target_session_attrs: 'primary' as const }),
    ...(socketFolder !== undefined && { path: `${socketFolder}/.s.PGSQL.${new URL(plainUrl).port || '5432'}` }),
    ...(password !== undefined && { pass: password }),
    ...(onClose !== undefined && { onclose: onClose }),
  });
  passDatesThrough(client);
  return client;
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
