import type { DomainModule } from '@repo/migrate/config';
import { adopt } from './adopt.ts';
import { jobStagesDedupe } from './backfills/job-stages-dedupe.ts';
import { jobStagesDurationMs } from './backfills/job-stages-duration-ms.ts';
import { jobsDurationMs } from './backfills/jobs-duration-ms.ts';
import * as schema from './schema.ts';
import { seed } from './seed.ts';

/** The audit domain, for the engine. Everything in it is modelled by drizzle. */
export const domain: DomainModule = {
  schema,
  objects: [],
  backfills: [jobsDurationMs, jobStagesDurationMs, jobStagesDedupe],
  seed,
  adopt,
};
