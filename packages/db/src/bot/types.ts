import type {
  aiUsage,
  botRestarts,
  config,
  conversations,
  logs,
  memoryOptouts,
  modCases,
  modScheduledActions,
} from './schema.ts';

export type ConfigEntry = typeof config.$inferSelect;
export type NewConfigEntry = typeof config.$inferInsert;

export type Conversation = typeof conversations.$inferSelect;
export type NewConversation = typeof conversations.$inferInsert;

export type ModCase = typeof modCases.$inferSelect;
export type NewModCase = typeof modCases.$inferInsert;

export type ModScheduledAction = typeof modScheduledActions.$inferSelect;
export type NewModScheduledAction = typeof modScheduledActions.$inferInsert;

export type MemoryOptout = typeof memoryOptouts.$inferSelect;
export type NewMemoryOptout = typeof memoryOptouts.$inferInsert;

export type AiUsage = typeof aiUsage.$inferSelect;
export type NewAiUsage = typeof aiUsage.$inferInsert;

export type Log = typeof logs.$inferSelect;
export type NewLog = typeof logs.$inferInsert;

export type BotRestart = typeof botRestarts.$inferSelect;
export type NewBotRestart = typeof botRestarts.$inferInsert;
