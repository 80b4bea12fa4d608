import { defineRelations } from 'drizzle-orm';
import {
  aiUsage,
  botRestarts,
  config,
  conversations,
  logs,
  memoryOptouts,
  modCases,
  modScheduledActions,
} from './schema.ts';

const tables = { config, conversations, modCases, modScheduledActions, memoryOptouts, aiUsage, logs, botRestarts };

/** For `db.query`: a case and the acts that it asked for. */
export const relations = defineRelations(tables, (r) => ({
  modCases: {
    scheduledActions: r.many.modScheduledActions({ from: r.modCases.id, to: r.modScheduledActions.caseId }),
  },
  modScheduledActions: {
    /** NULL where none asked for it, or it was deleted since. */
    case: r.one.modCases({ from: r.modScheduledActions.caseId, to: r.modCases.id }),
  },
}));
