import type { Bed } from '../bed.ts';
import { application } from './application.ts';
import { variants } from './variants.ts';

/** The Wix optimizer's database: node-pg-migrate. */
export const optimizer: Bed = {
  domain: 'optimizer',
  tables: ['plans', 'app_instances', 'jobs', 'job_items', 'publish_logs'],
  application,
  variants,
};
