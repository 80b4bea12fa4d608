import type { DomainConfig } from '@repo/migrate/config';
import { SCHEMA } from './mix.ts';

const notHere = async (): Promise<never> => {
  throw new Error('the bench migrates only; it never seeds');
};

/** The one domain of a synthetic project. */
export const domain: DomainConfig = {
  name: SCHEMA,
  schema: SCHEMA,
  migrations: 'migrations',
  generator: 'drizzle.config.mjs',
  load: async () => ({
    schema: {},
    objects: [],
    backfills: [],
    seed: { reference: notHere, missing: notHere, demo: notHere },
  }),
};
