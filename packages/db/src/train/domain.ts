import type { DomainModule } from '@repo/migrate/config';
import { adopt } from './adopt.ts';
import { accountIds } from './backfills/account-ids.ts';
import { defaultOwners } from './backfills/default-owners.ts';
import { parentLinks } from './backfills/parent-links.ts';
import { subtaskConversations } from './backfills/subtask-conversations.ts';
import { subtaskLinks } from './backfills/subtask-links.ts';
import { systemHashes } from './backfills/system-hashes.ts';
import { taskInvocations } from './backfills/task-invocations.ts';
import { trainIds } from './backfills/train-ids.ts';
import { objects } from './objects.ts';
import * as schema from './schema.ts';
import { seed } from './seed.ts';

/** The train domain, for the engine. Data steps in the order of the history. */
export const domain: DomainModule = {
  schema,
  objects,
  backfills: [
    taskInvocations,
    subtaskLinks,
    accountIds,
    systemHashes,
    parentLinks,
    subtaskConversations,
    trainIds,
    defaultOwners,
  ],
  seed,
  adopt,
};
