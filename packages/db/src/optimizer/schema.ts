/** The one entry for drizzle-kit and the client: the schema, its enums and its tables, each exported once. */
export * from './schema/app-instances.ts';
export * from './schema/credit-entries.ts';
export * from './schema/job-items.ts';
export * from './schema/jobs.ts';
export * from './schema/optimizer.ts';
export * from './schema/plans.ts';
export * from './schema/publish-intents.ts';
export * from './schema/publish-logs.ts';
export * from './schema/shop-queues.ts';
export * from './schema/webhook-events.ts';
