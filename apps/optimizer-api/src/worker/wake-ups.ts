import { setTimeout as sleep } from 'node:timers/promises';
import type { Subscription } from '@repo/db';
import type { Logger } from '../log.ts';
import { isPassing } from '../queries/is-passing.ts';
import { WORK_CHANNEL } from '../queries/queue.ts';
import type { OptimizerDb } from '../queries/tx.ts';

const RETRY_MS = 1_000;

/** Calls `wake` whenever there may be work. A database that is not there yet is waited for: the worker's poll goes on meanwhile.
 *  @returns how to end it
 *  @throws {DbClientError} DB_CLIENT_POOLER where LISTEN_URL is needed */
export async function listenForWork(db: OptimizerDb, log: Logger, wake: () => void): Promise<() => Promise<void>> {
  const stopped = new AbortController();
  const listen = async (): Promise<Subscription | undefined> => {
    try {
      return await db.listen(WORK_CHANNEL, wake, { onGap: wake });
    } catch (error) {
      if (!isPassing(error)) throw error;
      log.warn({ error }, 'nobody wakes this worker yet; it is tried again');
      return undefined;
    }
  };
  const listenLater = async (): Promise<Subscription | undefined> => {
    for (;;) {
      await sleep(RETRY_MS, undefined, { signal: stopped.signal });
      const subscription = await listen();
      if (subscription !== undefined) return subscription;
    }
  };
  const first = await listen();
  const listening = first === undefined ? listenLater() : Promise.resolve(first);
  listening.then(wake, () => {});
  return async () => {
    stopped.abort();
    await (await listening.catch(() => undefined))?.unlisten();
  };
}
