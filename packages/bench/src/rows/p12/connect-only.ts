import { defineVariant } from '../../harness/variant.ts';
import { withConnection } from '../../support/connection.ts';
import type { Servers } from './servers.ts';

/** The control, and the limit of every way that opens a connection. */
export const connectOnly = defineVariant({
  name: 'connect',
  about: 'connect, `SELECT 1`, close',
  setup: async ({ throwaway }: Servers) => throwaway.url,
  run: async (url) => {
    await withConnection(url, async (sql) => await sql`SELECT 1`);
    return undefined;
  },
});
