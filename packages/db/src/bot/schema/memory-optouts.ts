import { discordId } from '../../columns/discord-id.ts';
import { timestamptz } from '../../columns/timestamptz.ts';
import { botSchema } from './bot.ts';

/** One row per user whom the bot must not remember. Written and deleted by the user's own command; read whole at start. */
export const memoryOptouts = botSchema.table('memory_optouts', {
  userId: discordId('user_id').primaryKey(),
  createdAt: timestamptz('created_at').defaultNow(),
});
