import type { DomainModule } from '@repo/migrate/config';
import { adopt } from './adopt.ts';
import { jobsItemCounts } from './backfills/jobs-item-counts.ts';
import { openingCredits } from './backfills/opening-credits.ts';
import { shopQueuesOfOpenJobs } from './backfills/shop-queues-of-open-jobs.ts';
import { objects } from './objects.ts';
import * as schema from './schema.ts';
import { seed } from './seed.ts';

/** The optimizer domain, for the engine. */
export const domain: DomainModule = {
  schema,
  objects,
  backfills: [jobsItemCounts, openingCredits, shopQueuesOfOpenJobs],
  seed,
  adopt,
};
