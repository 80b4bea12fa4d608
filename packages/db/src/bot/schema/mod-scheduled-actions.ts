import { boolean, foreignKey, index, integer, serial, text } from 'drizzle-orm/pg-core';
import { discordId } from '../../columns/discord-id.ts';
import { timestamptz } from '../../columns/timestamptz.ts';
import { botSchema } from './bot.ts';
import { modCases } from './mod-cases.ts';

/** One row per act to be done later: the unban at the end of a tempban. Written by the bot's commands and its poller; kept. */
export const modScheduledActions = botSchema.table(
  'mod_scheduled_actions',
  {
    id: serial('id').primaryKey(),
    guildId: discordId('guild_id').notNull(),
    action: text('action').notNull(),
    targetId: discordId('target_id').notNull(),
    /** The case that asked for it. NULL: none, or deleted since; the act stays due all the same. */
    caseId: integer('case_id'),
    /** When it becomes due. */
    executeAt: timestamptz('execute_at').notNull(),
    /** True: done, and never taken again. */
    executed: boolean('executed').default(false),
    createdAt: timestamptz('created_at').defaultNow(),
    /** When a poller last took it. A poller takes what nobody took, or took so long ago that it must have failed; it sets
     *  `executed` after the act. NULL: not taken yet, or taken by a bot that sets `executed` before the act. */
    claimedAt: timestamptz('claimed_at'),
    /** How often a poller took it. */
    attemptCount: integer('attempt_count').notNull().default(0),
  },
  (t) => [
    foreignKey({
      name: 'mod_scheduled_actions_case_id_fkey',
      columns: [t.caseId],
      foreignColumns: [modCases.id],
    }).onDelete('set null'),
    // The poller's at most 50 due acts, oldest first, each minute.
    index('idx_mod_scheduled_actions_pending').on(t.executed, t.executeAt),
    // The acts that refer to a case, when the case is deleted.
    index('idx_mod_scheduled_actions_case_id').on(t.caseId),
  ],
);
