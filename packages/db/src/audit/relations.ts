import { defineRelations } from 'drizzle-orm';
import { jobStages, jobStagesQuarantine, jobs } from './schema.ts';

/** For relational queries: job → stages. The quarantine stands alone. */
export const relations = defineRelations({ jobs, jobStages, jobStagesQuarantine }, (r) => ({
  jobs: { stages: r.many.jobStages() },
  jobStages: { job: r.one.jobs({ from: r.jobStages.jobId, to: r.jobs.jobId, optional: false }) },
}));
