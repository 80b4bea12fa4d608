import type { Bed } from '../bed.ts';
import { application } from './application.ts';
import { variants } from './variants.ts';

/** The form-filling bots' audit database: hand-run files, then the application's own script. */
export const audit: Bed = { domain: 'audit', tables: ['jobs', 'job_stages'], application, variants };
