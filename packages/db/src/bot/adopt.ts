import type { AdoptMapping } from '@repo/migrate/config';

/** What older ages of the bot's database lack. */
export const adopt: AdoptMapping = {
  tables: {
    config: {
      columns: {
        guild_id: { rule: `rows of before there were guilds are the global configuration`, fill: `'global'` },
      },
      rows: [
        {
          rule: 'a row without a guild is the global configuration',
          where: 'guild_id IS NULL',
          set: { guild_id: `'global'` },
        },
      ],
    },
    conversations: {
      columns: {
        guild_id: {
          rule: 'messages of before there were guilds name none, until the backfill conversations-guild-id knows better',
        },
      },
    },
    mod_cases: {
      duplicates: {
        mod_cases_guild_id_case_number_key: { keep: 'created_at NULLS LAST, id' },
      },
    },
  },
};
