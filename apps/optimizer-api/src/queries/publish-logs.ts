import { paginate } from '@repo/db';
import { publishLogs } from '@repo/db/optimizer';
import { eq } from '@repo/db/sql';
import type { PageOf } from './jobs.ts';
import type { Tx } from './tx.ts';

/** What was written to one shop, newest first. */
export function pageOfPublishLogs(tx: Tx, instanceId: string, page: PageOf) {
  return paginate(tx, publishLogs, {
    ...page,
    where: eq(publishLogs.instanceId, instanceId),
    orderBy: [
      { key: 'appliedAt', direction: 'desc' },
      { key: 'id', direction: 'desc' },
    ],
    scope: instanceId,
  });
}
