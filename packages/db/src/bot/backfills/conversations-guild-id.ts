import type { Backfill } from '@repo/migrate/config';

/** The week in which the writer lost the column: those messages get the guild that the rest of their channel's messages name. */
export const conversationsGuildId: Backfill = {
  name: 'conversations-guild-id',
  rule:
    'A message without a guild gets the guild that all other messages of its channel name. It stays without one where they ' +
    'name none (a direct message, or a channel used in the lost week only) or more than one.',
  table: 'bot.conversations',
  key: { column: 'id', type: 'integer' },
  batch: `
    UPDATE bot.conversations AS lost
    SET guild_id = known.guild_id
    FROM (
      SELECT channel_id, min(guild_id) AS guild_id
      FROM bot.conversations
      WHERE guild_id IS NOT NULL AND channel_id IN (
        SELECT channel_id FROM bot.conversations
        WHERE guild_id IS NULL AND ($1::integer IS NULL OR id > $1::integer) AND id <= $2::integer
      )
      GROUP BY channel_id
      HAVING min(guild_id) = max(guild_id)
    ) AS known
    WHERE lost.channel_id = known.channel_id
      AND lost.guild_id IS NULL AND ($1::integer IS NULL OR lost.id > $1::integer) AND lost.id <= $2::integer`,
  remaining: `
    SELECT count(*)
    FROM bot.conversations AS lost
    JOIN (
      SELECT channel_id
      FROM bot.conversations
      WHERE guild_id IS NOT NULL
        AND channel_id IN (SELECT channel_id FROM bot.conversations WHERE guild_id IS NULL)
      GROUP BY channel_id
      HAVING min(guild_id) = max(guild_id)
    ) AS known USING (channel_id)
    WHERE lost.guild_id IS NULL`,
};
