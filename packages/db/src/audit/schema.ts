/** The one entry for drizzle-kit and the client: the schema, its tables and its views, each exported once. */
export * from './schema/alias-views.ts';
export * from './schema/audit.ts';
export * from './schema/job-metrics-by-bot.ts';
export * from './schema/job-stage-summary.ts';
export * from './schema/job-stages.ts';
export * from './schema/job-stages-quarantine.ts';
export * from './schema/jobs.ts';
export * from './schema/recent-jobs.ts';
