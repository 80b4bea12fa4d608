import { startPostgres } from '@repo/local-postgres';
import { queueMillions } from '../env.ts';
import { defineRow } from '../harness/row.ts';
import { connectControl } from '../support/connect-control.ts';
import { serverVersion } from '../support/server-version.ts';
import { type Batch, openPeers, ours, P99, peer, RATE, type Scene } from './p9/queues.ts';

const MILLION = 1_000_000;
const BATCHES: readonly Batch[] = [1, 10, 100];
const nameOf = (who: string, batch: Batch) => `${who}, batch ${batch}`;
const EMPTY = 'ours, batch 10, no finished items';
const largest = queueMillions();
const LARGEST = `ours, batch 10, ${largest} M finished items`;

/** The optimizer's queue with everything that it promises, against two queues that people use. */
export const jobQueue = defineRow({
  id: 'P9',
  title: 'A job queue with a million finished jobs',
  target:
    '≥ 30,000 jobs/s at batch 10, p99 of a claim ≤ 5 ms; at each batch ≥ 1.5 × graphile-worker and ≥ 3 × pg-boss; flat from 0 to 5 M',
  units: { [RATE]: 'jobs/s', [P99]: 'ms' },
  setup: open,
  facts: ({ serverVersion: version }: Scene) => [
    `PostgreSQL ${version}, embedded binaries, fsync off, shared_buffers 1 GB; jobs do nothing. One process works, another measures.`,
    'Ours: 500 shops, at most 20 running items each; leases, attempts, texts before and after, counts of the jobs: all written. After the last run every item has exactly one result.',
    'graphile-worker deletes finished jobs; pg-boss keeps a million completed ones. Versions: graphile-worker 0.18.0, pg-boss 12.38.0.',
  ],
  control: connectControl(({ server }: Scene) => server),
  variants: [
    ...BATCHES.flatMap((batch) => [
      ours(nameOf('ours', batch), batch, MILLION),
      peer(
        nameOf('graphile-worker', batch),
        'graphile-worker',
        batch,
        batch === 1
          ? 'its defaults, 4 jobs at once'
          : `4 runners in one process, localQueue and jobs at once ${batch}, completions in batches`,
      ),
      peer(
        nameOf('pg-boss', batch),
        'pg-boss',
        batch,
        `fetch ${batch}, complete: its public calls, 4 loops in one process`,
      ),
    ]),
    ours(EMPTY, 10, 0),
    ours(LARGEST, 10, largest * MILLION),
  ],
  bounds: [
    { of: nameOf('ours', 10), figure: RATE, limit: { min: 30_000 } },
    { of: nameOf('ours', 10), figure: P99, limit: { max: 5 } },
  ],
  ratios: [
    ...BATCHES.flatMap((batch) => [
      { of: nameOf('ours', batch), to: nameOf('graphile-worker', batch), figure: RATE, limit: { min: 1.5 } },
      { of: nameOf('ours', batch), to: nameOf('pg-boss', batch), figure: RATE, limit: { min: 3 } },
    ]),
    { of: LARGEST, to: EMPTY, figure: RATE, limit: { min: 0.8 } },
  ],
});

async function open(): Promise<Scene> {
  await using opening = new AsyncDisposableStack();
  const settings = { shared_buffers: '1GB', max_wal_size: '4GB' };
  const server = opening.use(await startPostgres({ source: 'embedded', settings }));
  const { peers, child } = await openPeers(server, MILLION);
  opening.defer(() => peers.drop());
  opening.use(child);
  const version = await serverVersion(server.url);
  const stack = opening.move();
  return { server, peers, child, serverVersion: version, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
