import type { Seed } from '@repo/migrate/config';

/** No reference rows: the seed names none, and who owns a train is for people to say. */
export const seed: Seed = {
  reference: async () => [],
  missing: async () => [],
  demo: async (sql, options) => (await import('./demo.ts')).demo(sql, options),
};
