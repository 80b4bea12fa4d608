import { auditSchema } from './audit.ts';
import { jobMetricsByBot } from './job-metrics-by-bot.ts';
import { jobStages } from './job-stages.ts';
import { jobs } from './jobs.ts';

/** Every job, under the name that older queries use. */
export const jobsV = auditSchema.view('jobs_v').as((qb) => qb.select().from(jobs));

/** Every stage, under the name that older queries use. */
export const jobStagesV = auditSchema.view('job_stages_v').as((qb) => qb.select().from(jobStages));

/** job_metrics_by_bot, under the name that older queries use. */
export const jobMetricsV = auditSchema.view('job_metrics_v').as((qb) => qb.select().from(jobMetricsByBot));
