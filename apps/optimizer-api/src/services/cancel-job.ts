import { withTenant } from '@repo/db';
import { Problem } from '../problems.ts';
import { releaseCredits } from '../queries/credits.ts';
import { lockInstance } from '../queries/instances.ts';
import { findJob, type ShownJob } from '../queries/jobs.ts';
import { cancelJob as cancel } from '../queries/queue.ts';
import type { OptimizerDb } from '../queries/tx.ts';

/** Ends a job and gives back the credits of all items that had no result. A canceled job can be canceled again, to no effect.
 *  @throws {Problem} NOT_FOUND, JOB_ENDED */
export async function cancelJob(db: OptimizerDb, instanceId: string, jobId: bigint): Promise<ShownJob> {
  return await withTenant(db, { instance_id: instanceId }, async (tx) => {
    await lockInstance(tx, instanceId);
    const stopped = await cancel(tx, instanceId, jobId);
    if (stopped !== null && stopped > 0) await releaseCredits(tx, instanceId, jobId, stopped);
    const job = await findJob(tx, instanceId, jobId);
    if (job === undefined) throw new Problem('NOT_FOUND', 'there is no such job');
    if (job.status !== 'CANCELED')
      throw new Problem('JOB_ENDED', `the job is ${job.status} already`, { jobStatus: job.status });
    return job;
  });
}
