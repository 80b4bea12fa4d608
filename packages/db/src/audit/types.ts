import type {
  JOB_STATES,
  jobMetricsByBot,
  jobMetricsV,
  jobStageSummary,
  jobStages,
  jobStagesQuarantine,
  jobStagesV,
  jobs,
  jobsV,
  QUARANTINE_REASONS,
  recentJobs,
  STAGE_STATUSES,
} from './schema.ts';

export type JobState = (typeof JOB_STATES)[number];
export type StageStatus = (typeof STAGE_STATUSES)[number];
export type QuarantineReason = (typeof QUARANTINE_REASONS)[number];

export type Job = typeof jobs.$inferSelect;
export type NewJob = typeof jobs.$inferInsert;
export type JobStage = typeof jobStages.$inferSelect;
export type NewJobStage = typeof jobStages.$inferInsert;
export type QuarantinedJobStage = typeof jobStagesQuarantine.$inferSelect;
export type NewQuarantinedJobStage = typeof jobStagesQuarantine.$inferInsert;

export type BotMetrics = typeof jobMetricsByBot.$inferSelect;
export type RecentJob = typeof recentJobs.$inferSelect;
export type StageSummary = typeof jobStageSummary.$inferSelect;
export type JobV = typeof jobsV.$inferSelect;
export type JobStageV = typeof jobStagesV.$inferSelect;
export type BotMetricsV = typeof jobMetricsV.$inferSelect;
