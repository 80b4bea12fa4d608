import { answeringEngine, sweepContainers } from './docker/engine.ts';
import { sweepClusters } from './embedded/sweep-clusters.ts';

/** Ends the servers, folders and containers that dead processes of this machine and user left behind, as every start does.
 *  Returns how many there were; what live processes own and what is kept on purpose stays. */
export async function sweep(): Promise<number> {
  const engine = await answeringEngine();
  const counts = await Promise.all([sweepClusters(), engine === undefined ? 0 : sweepContainers(engine)]);
  return counts.reduce((sum, count) => sum + count, 0);
}
