/** The one entry for drizzle-kit and the client: the schema, its enums and its tables, each exported once. */
export * from './schema/app-instances.ts';
export * from './schema/job-items.ts';
export * from './schema/jobs.ts';
export * from './schema/optimizer.ts';
export * from './schema/plans.ts';
export * from './schema/publish-logs.ts';
