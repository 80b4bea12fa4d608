import { inArray, sql } from 'drizzle-orm';
import { check, index, integer, numeric, serial, text } from 'drizzle-orm/pg-core';
import { discordId } from '../../columns/discord-id.ts';
import { timestamptz } from '../../columns/timestamptz.ts';
import { botSchema } from './bot.ts';

export const AI_USAGE_TYPES = ['classify', 'respond'] as const;

/** One row per call of a language model; an answer makes two, classify and respond. Written by the bot, which does not wait
 *  for it: a row may be missing. */
export const aiUsage = botSchema.table(
  'ai_usage',
  {
    id: serial('id').primaryKey(),
    /** `unknown` where the call had no guild. */
    guildId: discordId('guild_id').notNull(),
    channelId: discordId('channel_id').notNull(),
    type: text('type', { enum: AI_USAGE_TYPES }).notNull(),
    model: text('model').notNull(),
    inputTokens: integer('input_tokens').notNull().default(0),
    outputTokens: integer('output_tokens').notNull().default(0),
    cacheCreationTokens: integer('cache_creation_tokens').notNull().default(0),
    cacheReadTokens: integer('cache_read_tokens').notNull().default(0),
    /** US dollars, as decimal text in JavaScript. */
    costUsd: numeric('cost_usd', { precision: 10, scale: 6 }).notNull().default(sql`0`),
    /** Milliseconds from call to answer. */
    durationMs: integer('duration_ms').notNull().default(0),
    /** The member who was answered. NULL: older than the column, or no single member. */
    userId: discordId('user_id'),
    /** Web searches that the model made. */
    searchCount: integer('search_count').notNull().default(0),
    createdAt: timestamptz('created_at').defaultNow(),
  },
  (t) => [
    check('ai_usage_type_check', inArray(t.type, AI_USAGE_TYPES)),
    // A guild's calls and cost over a time range.
    index('idx_ai_usage_guild_created').on(t.guildId, t.createdAt),
    // All calls over a time range.
    index('idx_ai_usage_created_at').on(t.createdAt),
    // A member's calls over a time range.
    index('idx_ai_usage_user_created').on(t.userId, t.createdAt),
  ],
);
