import type { DomainModule } from '@repo/migrate/config';
import * as schema from './schema.ts';
import { seed } from './seed.ts';

/** The optimizer domain, for the engine. Everything in it is modelled by drizzle, and no data step is needed. */
export const domain: DomainModule = { schema, objects: [], backfills: [], seed };
