import type { Row } from '../harness/row.ts';
import { onlineForms } from './p1-online-forms.ts';
import { lockQueue } from './p2-lock-queue.ts';
import { backfill } from './p3-backfill.ts';
import { apply } from './p4-apply.ts';
import { upToDate } from './p5-up-to-date.ts';
import { generate } from './p6-generate.ts';
import { queryBuilder } from './p7-query-builder.ts';
import { bulkInsert } from './p8-bulk-insert.ts';
import { jobQueue } from './p9-job-queue.ts';
import { cleanDatabase } from './p12-clean-database.ts';
import { coldStart } from './p13-cold-start.ts';
import { memory } from './p14-memory.ts';
import { backup } from './p15-backup.ts';
import { api } from './p16-api.ts';
import { adoption } from './p17-adoption.ts';
import { consolidation } from './p18-consolidation.ts';

/** Every row of the bench, in the order of the table of targets. */
export const rows: readonly Row[] = [
  onlineForms,
  lockQueue,
  backfill,
  apply,
  upToDate,
  generate,
  queryBuilder,
  bulkInsert,
  jobQueue,
  cleanDatabase,
  coldStart,
  memory,
  backup,
  api,
  adoption,
  consolidation,
];
