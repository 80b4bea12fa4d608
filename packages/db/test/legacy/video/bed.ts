import type { Bed } from '../bed.ts';
import { application } from './application.ts';
import { variants } from './variants.ts';

/** The video bot's database: numbered SQL files run by psql. */
export const video: Bed = { domain: 'video', tables: ['video_requests'], application, variants };
