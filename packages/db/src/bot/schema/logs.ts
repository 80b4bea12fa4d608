import { index, jsonb, serial, text, varchar } from 'drizzle-orm/pg-core';
import { timestamptz } from '../../columns/timestamptz.ts';
import { botSchema } from './bot.ts';

/** What a log line carries besides its message; the writer's choice, for example `model` and token counts as text. */
export type LogMetadata = Readonly<Record<string, unknown>>;

/** One row per log line. Written by the logger in batches of 10 or every 5 seconds; deleted when older than 30 days. */
export const logs = botSchema.table(
  'logs',
  {
    id: serial('id').primaryKey(),
    /** error, warn, info or debug. */
    level: varchar('level', { length: 10 }).notNull(),
    message: text('message').notNull(),
    metadata: jsonb('metadata').$type<LogMetadata>().default({}),
    /** When the line was written, not when its batch was stored. */
    timestamp: timestamptz('timestamp').defaultNow(),
  },
  (t) => [
    // Lines of a time range, newest first; the health page of the last hour and day; retention.
    index('idx_logs_timestamp').on(t.timestamp),
    // Lines of one level, for the rare levels.
    index('idx_logs_level').on(t.level),
  ],
);
