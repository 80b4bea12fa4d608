import { index, integer, serial, text, unique } from 'drizzle-orm/pg-core';
import { discordId } from '../../columns/discord-id.ts';
import { timestamptz } from '../../columns/timestamptz.ts';
import { botSchema } from './bot.ts';

/** One row per moderation act (warn, kick, timeout, ban, …), by a moderator or by escalation. Written by the bot; deleted by
 *  `/case delete` alone. */
export const modCases = botSchema.table(
  'mod_cases',
  {
    id: serial('id').primaryKey(),
    guildId: discordId('guild_id').notNull(),
    /** Counts from 1 within the guild: its highest number + 1, taken under a transaction-level advisory lock on the guild. */
    caseNumber: integer('case_number').notNull(),
    /** Name of the command: warn, kick, timeout, untimeout, ban, tempban, unban, softban, purge, lock, unlock, slowmode. */
    action: text('action').notNull(),
    /** The member acted on, or the channel (purge, lock, unlock, slowmode). */
    targetId: discordId('target_id').notNull(),
    /** Name of the target at that time. */
    targetTag: text('target_tag').notNull(),
    moderatorId: discordId('moderator_id').notNull(),
    /** Name of the moderator at that time. */
    moderatorTag: text('moderator_tag').notNull(),
    /** NULL: none given. */
    reason: text('reason'),
    /** As the moderator typed it, for example `1h`. NULL: the act has no duration. */
    duration: text('duration'),
    /** When the act ends by itself. NULL: never. */
    expiresAt: timestamptz('expires_at'),
    /** The message in the moderation log channel, written back after the insert. NULL: none was sent. */
    logMessageId: discordId('log_message_id'),
    createdAt: timestamptz('created_at').defaultNow(),
  },
  (t) => [
    // One case by its number; a guild's cases by number, newest first.
    unique('mod_cases_guild_id_case_number_key').on(t.guildId, t.caseNumber),
    // A target's newest 25 cases; the escalation's count of its warns in the last days.
    index('idx_mod_cases_guild_target').on(t.guildId, t.targetId, t.createdAt),
  ],
);
