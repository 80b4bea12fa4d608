import type { Bed } from '../bed.ts';
import { application } from './application.ts';
import { variants } from './variants.ts';

/** The Discord bot's database: three places of its code create and alter at each start. */
export const bot: Bed = {
  domain: 'bot',
  tables: [
    'config',
    'conversations',
    'mod_cases',
    'mod_scheduled_actions',
    'memory_optouts',
    'ai_usage',
    'logs',
    'bot_restarts',
  ],
  application,
  variants,
};
