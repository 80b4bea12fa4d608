import { inArray } from 'drizzle-orm';
import { check, index, serial, text } from 'drizzle-orm/pg-core';
import { discordId } from '../../columns/discord-id.ts';
import { timestamptz } from '../../columns/timestamptz.ts';
import { botSchema } from './bot.ts';

export const CONVERSATION_ROLES = ['user', 'assistant', 'system'] as const;

/** One row per message of a conversation with the bot. Written by the bot; deleted when older than the configured 30 days. */
export const conversations = botSchema.table(
  'conversations',
  {
    id: serial('id').primaryKey(),
    channelId: discordId('channel_id').notNull(),
    /** NULL: a direct message, or written in the week in which the writer had lost the column and its guild cannot be told. */
    guildId: discordId('guild_id'),
    role: text('role', { enum: CONVERSATION_ROLES }).notNull(),
    content: text('content').notNull(),
    /** Display name of the author. NULL: the bot itself. */
    username: text('username'),
    createdAt: timestamptz('created_at').defaultNow(),
  },
  (t) => [
    check('conversations_role_check', inArray(t.role, CONVERSATION_ROLES)),
    // Analytics of one guild; finds the rows whose guild is unknown.
    index('idx_conversations_guild_id').on(t.guildId),
    // The last 20 messages of a channel, read at start; analytics of one channel.
    index('idx_conversations_channel_created').on(t.channelId, t.createdAt),
    // Clean-up of what is older than the retention, every 6 hours.
    index('idx_conversations_created_at').on(t.createdAt),
  ],
);
