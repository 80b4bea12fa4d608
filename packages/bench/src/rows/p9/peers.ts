import { run, WorkerPreset } from 'graphile-worker';
import { PgBoss } from 'pg-boss';

export interface Order {
  readonly peer: 'graphile-worker' | 'pg-boss';
  readonly url: string;
  readonly batch: number;
  /** So many jobs wait. */
  readonly items: number;
}

export interface Answer {
  /** From the first job's begin to the last one's end in the database. */
  readonly ms: number;
}

/** As many fetchers as our worker has round trips at once. */
const FETCHERS = 4;

async function graphile({ url, batch, items }: Order): Promise<number> {
  let firstAt: number | undefined;
  let missing = items;
  const done = Promise.withResolvers<number>();
  const start = () =>
    run({
      taskList: {
        idle: async () => {
          firstAt ??= performance.now();
        },
      },
      preset: {
        extends: [WorkerPreset],
        worker: {
          connectionString: url,
          concurrentJobs: batch === 1 ? FETCHERS : batch,
          maxPoolSize: FETCHERS + 2,
          ...(batch > 1 && { localQueue: { size: batch }, completeJobBatchDelay: 0, failJobBatchDelay: 0 }),
        },
      },
      noHandleSignals: true,
    });
  const runners = await Promise.all(Array.from({ length: batch === 1 ? 1 : FETCHERS }, start));
  for (const { events } of runners)
    events.on('job:complete', () => {
      missing -= 1;
      if (missing === 0) done.resolve(performance.now() - (firstAt ?? 0));
    });
  const ms = await done.promise;
  await Promise.all(runners.map((runner) => runner.stop()));
  return ms;
}

async function pgBoss({ url, batch, items }: Order): Promise<number> {
  const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false, max: FETCHERS });
  await boss.start();
  const begun = performance.now();
  let missing = items;
  const fetcher = async () => {
    while (missing > 0) {
      const jobs = await boss.fetch('idle', { batchSize: batch });
      if (jobs.length === 0) return;
      await boss.complete(
        'idle',
        jobs.map(({ id }) => id),
      );
      missing -= jobs.length;
    }
  };
  await Promise.all(Array.from({ length: FETCHERS }, fetcher));
  const ms = performance.now() - begun;
  await boss.stop({ graceful: false });
  if (missing !== 0) throw new Error(`pg-boss left ${missing} jobs`);
  return ms;
}

// A process of its own, so that nobody's clock is held up by the bench.
process.on('message', (order: Order) => {
  (order.peer === 'pg-boss' ? pgBoss(order) : graphile(order)).then(
    (ms) => process.send?.({ ms }),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});
process.send?.('ready');
