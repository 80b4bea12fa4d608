import type { Seed } from '@repo/migrate/config';

/** No row of this domain is one that code depends on. */
export const seed: Seed = {
  reference: async () => [],
  missing: async () => [],
  demo: async (sql, options) => (await import('./demo.ts')).demo(sql, options),
};
