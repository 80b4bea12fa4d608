import type {
  appInstances,
  creditEntries,
  itemStatus,
  jobItems,
  jobStatus,
  jobs,
  plans,
  publishIntents,
  publishLogs,
  shopQueues,
  webhookEvents,
} from './schema.ts';

export type JobStatus = (typeof jobStatus.enumValues)[number];
export type ItemStatus = (typeof itemStatus.enumValues)[number];

export type Plan = typeof plans.$inferSelect;
export type NewPlan = typeof plans.$inferInsert;
export type AppInstance = typeof appInstances.$inferSelect;
export type NewAppInstance = typeof appInstances.$inferInsert;
export type Job = typeof jobs.$inferSelect;
export type NewJob = typeof jobs.$inferInsert;
export type JobItem = typeof jobItems.$inferSelect;
export type NewJobItem = typeof jobItems.$inferInsert;
export type PublishLog = typeof publishLogs.$inferSelect;
export type NewPublishLog = typeof publishLogs.$inferInsert;
export type CreditEntry = typeof creditEntries.$inferSelect;
export type NewCreditEntry = typeof creditEntries.$inferInsert;
export type PublishIntent = typeof publishIntents.$inferSelect;
export type NewPublishIntent = typeof publishIntents.$inferInsert;
export type ShopQueue = typeof shopQueues.$inferSelect;
export type NewShopQueue = typeof shopQueues.$inferInsert;
export type WebhookEvent = typeof webhookEvents.$inferSelect;
export type NewWebhookEvent = typeof webhookEvents.$inferInsert;
