import type { videoRequests } from './schema.ts';

export type VideoRequest = typeof videoRequests.$inferSelect;
export type NewVideoRequest = typeof videoRequests.$inferInsert;
