import type { Bed } from '../bed.ts';
import { application } from './application.ts';
import { variants } from './variants.ts';

/** The prompt proxy's database: fourteen scripts run by hand. */
export const train: Bed = {
  domain: 'train',
  tables: [
    'api_requests',
    'streaming_chunks',
    'conversation_analyses',
    'analysis_audit_log',
    'anthropic_credentials',
    'trains',
    'train_accounts',
    'train_api_keys',
    'train_members',
  ],
  application,
  variants,
};
