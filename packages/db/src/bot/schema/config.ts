import { jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import { discordId } from '../../columns/discord-id.ts';
import { timestamptz } from '../../columns/timestamptz.ts';
import type { ConfigSection } from '../config-sections.ts';
import { botSchema } from './bot.ts';

/** One row per section of the bot's configuration: a global one, and one for each guild that overrides it. Written by the
 *  `/config` command, the HTTP API and the reference seed; each write replaces a whole section. */
export const config = botSchema.table(
  'config',
  {
    /** `global` for the section that every guild starts from. */
    guildId: discordId('guild_id').notNull().default('global'),
    /** Name of the section: ai, triage, welcome, moderation, memory, logging, permissions. */
    key: text('key').notNull(),
    value: jsonb('value').$type<ConfigSection>().notNull(),
    /** When the section was last replaced. NULL: an old writer did not say. */
    updatedAt: timestamptz('updated_at').defaultNow(),
  },
  (t) => [primaryKey({ name: 'config_pkey', columns: [t.guildId, t.key] })],
);
