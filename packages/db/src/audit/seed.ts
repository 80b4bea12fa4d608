import type { Seed } from '@repo/migrate/config';

/** Nothing in audit is reference data: every row is something that a bot did. */
export const seed: Seed = {
  reference: async () => [],
  missing: async () => [],
  demo: async (sql, options) => (await import('./demo.ts')).demo(sql, options),
};
