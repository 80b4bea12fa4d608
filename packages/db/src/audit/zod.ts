import { createInsertSchema, createSelectSchema, createUpdateSchema } from 'drizzle-orm/zod';
import { z } from 'zod';
import { jobMetricsByBot, jobStageSummary, jobStages, jobStagesQuarantine, jobs, recentJobs } from './schema.ts';

/** Who asked for a job, and when. */
export const jobCreatorSchema = z.object({
  name: z.string(),
  role: z.string(),
  at: z.iso.datetime({ offset: true }),
});
/** An object whose keys the bots decide; an array or a bare value is refused. */
export const jsonObjectSchema = z.record(z.string(), z.unknown());

const object = jsonObjectSchema.nullable();
const jobColumns = { meta: object, result: object, createdBy: jobCreatorSchema.nullable() };
const newJobColumns = {
  meta: object.optional(),
  result: object.optional(),
  createdBy: jobCreatorSchema.nullable().optional(),
};
const stageColumns = { meta: object, error: object };
const newStageColumns = { meta: object.optional(), error: object.optional() };

export const jobSelectSchema = createSelectSchema(jobs, jobColumns);
export const jobInsertSchema = createInsertSchema(jobs, newJobColumns);
export const jobUpdateSchema = createUpdateSchema(jobs, newJobColumns);
export const jobStageSelectSchema = createSelectSchema(jobStages, stageColumns);
export const jobStageInsertSchema = createInsertSchema(jobStages, newStageColumns);
export const jobStageUpdateSchema = createUpdateSchema(jobStages, newStageColumns);
export const quarantinedJobStageSelectSchema = createSelectSchema(jobStagesQuarantine, stageColumns);
export const quarantinedJobStageInsertSchema = createInsertSchema(jobStagesQuarantine, newStageColumns);
export const quarantinedJobStageUpdateSchema = createUpdateSchema(jobStagesQuarantine, newStageColumns);

export const botMetricsSelectSchema = createSelectSchema(jobMetricsByBot);
export const recentJobSelectSchema = createSelectSchema(recentJobs, jobColumns);
export const stageSummarySelectSchema = createSelectSchema(jobStageSummary);
