import type {
  analysisAuditLog,
  anthropicCredentials,
  apiRequests,
  conversationAnalyses,
  conversationAnalysisStatus,
  hourlyStats,
  streamingChunks,
  trainAccounts,
  trainApiKeys,
  trainMembers,
  trains,
} from './schema.ts';

export type ConversationAnalysisStatus = (typeof conversationAnalysisStatus.enumValues)[number];

export type ApiRequest = typeof apiRequests.$inferSelect;
export type NewApiRequest = typeof apiRequests.$inferInsert;
export type StreamingChunk = typeof streamingChunks.$inferSelect;
export type NewStreamingChunk = typeof streamingChunks.$inferInsert;
export type HourlyStat = typeof hourlyStats.$inferSelect;
export type ConversationAnalysis = typeof conversationAnalyses.$inferSelect;
export type NewConversationAnalysis = typeof conversationAnalyses.$inferInsert;
export type AnalysisAuditEvent = typeof analysisAuditLog.$inferSelect;
export type NewAnalysisAuditEvent = typeof analysisAuditLog.$inferInsert;
export type AnthropicCredential = typeof anthropicCredentials.$inferSelect;
export type NewAnthropicCredential = typeof anthropicCredentials.$inferInsert;
export type Train = typeof trains.$inferSelect;
export type NewTrain = typeof trains.$inferInsert;
export type TrainAccount = typeof trainAccounts.$inferSelect;
export type NewTrainAccount = typeof trainAccounts.$inferInsert;
export type TrainApiKey = typeof trainApiKeys.$inferSelect;
export type NewTrainApiKey = typeof trainApiKeys.$inferInsert;
export type TrainMember = typeof trainMembers.$inferSelect;
export type NewTrainMember = typeof trainMembers.$inferInsert;
