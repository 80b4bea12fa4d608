import { numeric, serial, text } from 'drizzle-orm/pg-core';
import { timestamptz } from '../../columns/timestamptz.ts';
import { botSchema } from './bot.ts';

/** One row per start of the bot. Inserted at start; its uptime is written at a graceful stop. */
export const botRestarts = botSchema.table('bot_restarts', {
  id: serial('id').primaryKey(),
  timestamp: timestamptz('timestamp').defaultNow(),
  reason: text('reason').notNull().default('startup'),
  /** The bot's version. NULL: not known. */
  version: text('version'),
  /** Seconds that this run lasted, as decimal text in JavaScript. NULL: still running, or crashed. */
  uptimeSeconds: numeric('uptime_seconds'),
});
