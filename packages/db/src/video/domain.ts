import type { DomainModule } from '@repo/migrate/config';
import { adopt } from './adopt.ts';
import { objects } from './objects.ts';
import * as schema from './schema.ts';
import { seed } from './seed.ts';

/** What the engine needs to know of the domain beyond its migration files. */
export const domain: DomainModule = { schema, objects, backfills: [], seed, adopt };
