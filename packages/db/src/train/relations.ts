import { defineRelations } from 'drizzle-orm';
import {
  analysisAuditLog,
  anthropicCredentials,
  apiRequests,
  conversationAnalyses,
  hourlyStats,
  streamingChunks,
  trainAccounts,
  trainApiKeys,
  trainMembers,
  trains,
} from './schema.ts';

const tables = {
  apiRequests,
  streamingChunks,
  hourlyStats,
  conversationAnalyses,
  analysisAuditLog,
  anthropicCredentials,
  trains,
  trainAccounts,
  trainApiKeys,
  trainMembers,
};

/** For relational queries: request → chunks, parent, children, sub-tasks, train, account; train → members, keys, accounts.
 *  Train and account of a request are looked up by name: there may be none. */
export const relations = defineRelations(tables, (r) => ({
  apiRequests: {
    chunks: r.many.streamingChunks(),
    parent: r.one.apiRequests({
      from: r.apiRequests.parentRequestId,
      to: r.apiRequests.requestId,
      alias: 'parent_request',
    }),
    children: r.many.apiRequests({ alias: 'parent_request' }),
    parentTask: r.one.apiRequests({
      from: r.apiRequests.parentTaskRequestId,
      to: r.apiRequests.requestId,
      alias: 'parent_task',
    }),
    subtasks: r.many.apiRequests({ alias: 'parent_task' }),
    train: r.one.trains({ from: r.apiRequests.trainId, to: r.trains.trainId }),
    account: r.one.anthropicCredentials({ from: r.apiRequests.accountId, to: r.anthropicCredentials.accountId }),
  },
  streamingChunks: {
    request: r.one.apiRequests({
      from: r.streamingChunks.requestId,
      to: r.apiRequests.requestId,
      optional: false,
    }),
  },
  trains: {
    requests: r.many.apiRequests(),
    members: r.many.trainMembers(),
    apiKeys: r.many.trainApiKeys(),
    credentials: r.many.anthropicCredentials({
      from: r.trains.id.through(r.trainAccounts.trainId),
      to: r.anthropicCredentials.id.through(r.trainAccounts.credentialId),
    }),
  },
  anthropicCredentials: { trains: r.many.trains(), requests: r.many.apiRequests() },
  trainAccounts: {
    train: r.one.trains({ from: r.trainAccounts.trainId, to: r.trains.id, optional: false }),
    credential: r.one.anthropicCredentials({
      from: r.trainAccounts.credentialId,
      to: r.anthropicCredentials.id,
      optional: false,
    }),
  },
  trainApiKeys: { train: r.one.trains({ from: r.trainApiKeys.trainId, to: r.trains.id, optional: false }) },
  trainMembers: { train: r.one.trains({ from: r.trainMembers.trainId, to: r.trains.id, optional: false }) },
}));
