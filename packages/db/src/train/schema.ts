/** Every table, enum and view of the train domain; the generator reads this file alone. */
export * from './schema/analysis-audit-log.ts';
export * from './schema/anthropic-credentials.ts';
export * from './schema/api-requests.ts';
export * from './schema/conversation-analyses.ts';
export * from './schema/hourly-stats.ts';
export type * from './schema/json.ts';
export * from './schema/streaming-chunks.ts';
export * from './schema/train.ts';
export * from './schema/train-accounts.ts';
export * from './schema/train-api-keys.ts';
export * from './schema/train-members.ts';
export * from './schema/trains.ts';
