/** The one entry of the domain's schema: the generator sees direct exports only. */

export * from './schema/ai-usage.ts';
export * from './schema/bot.ts';
export * from './schema/bot-restarts.ts';
export * from './schema/config.ts';
export * from './schema/conversations.ts';
export * from './schema/logs.ts';
export * from './schema/memory-optouts.ts';
export * from './schema/mod-cases.ts';
export * from './schema/mod-scheduled-actions.ts';
