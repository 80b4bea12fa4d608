import { withTenant } from '@repo/db';
import { idSchema } from '../http/schemas.ts';
import { Problem } from '../problems.ts';
import { findJob, type ShownJob } from '../queries/jobs.ts';
import type { OptimizerDb } from '../queries/tx.ts';

/** The tenant's job. One of another tenant is not found, in the words of one that never was.
 *  @throws {Problem} NOT_FOUND */
export async function requireJob(db: OptimizerDb, instanceId: string, jobId: bigint): Promise<ShownJob> {
  const job = await withTenant(db, { instance_id: instanceId }, (tx) => findJob(tx, instanceId, jobId), {
    accessMode: 'read only',
  });
  if (job === undefined) throw noJob();
  return job;
}

/** What is no id names no job.
 *  @throws {Problem} NOT_FOUND */
export function parseJobId(text: string): bigint {
  const id = idSchema.safeParse(text);
  if (!id.success) throw noJob();
  return BigInt(id.data);
}

export const noJob = () => new Problem('NOT_FOUND', 'there is no such job');
