import type { LocalPostgres } from '@repo/local-postgres';
import { defineVariant, type Variant } from '../harness/variant.ts';
import { withConnection } from './connection.ts';

/** The control of rows that measure processes and connections: connect, ask once, close. */
export function connectControl<Shared>(server: (shared: Shared) => LocalPostgres): Variant<Shared> {
  return defineVariant({
    name: 'connect',
    about: 'connect, `SELECT 1`, close',
    setup: async (shared: Shared) => server(shared).url,
    run: async (url) => {
      await withConnection(url, async (sql) => await sql`SELECT 1`);
      return undefined;
    },
  });
}
