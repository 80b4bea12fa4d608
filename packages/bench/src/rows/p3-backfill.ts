import { join } from 'node:path';
import { startPostgres } from '@repo/local-postgres';
import { defineRow } from '../harness/row.ts';
import { startChild } from '../support/child.ts';
import { connectControl } from '../support/connect-control.ts';
import { serverVersion } from '../support/server-version.ts';
import { ROWS } from './p3/accounts.ts';
import { ALONE, about, besideAWriter, GROWTH, LONGEST, RATE, type Scene, SHARE } from './p3/beside-a-writer.ts';
import type { Answer, Order } from './p3/runner.ts';

const UPDATE = 'one UPDATE';
const POPULAR = 'the popular form';
const OURS = 'ours, two connections';
const ONE = 'ours, one connection';

/** Filling a new column while the application goes on. */
export const backfill = defineRow({
  id: 'P3',
  title: 'A backfill beside a writer',
  target:
    'on two connections ≥ 1.3 × the rate of one blocking UPDATE; a writer waits ≤ 25 ms or 2 × what it waits alone; growth ≤ 1.4 ×',
  units: { [RATE]: 'rows/s', [LONGEST]: 'ms', [ALONE]: 'ms', [SHARE]: '×', [GROWTH]: '×' },
  setup: open,
  facts: ({ serverVersion: version }: Scene) => [
    `PostgreSQL ${version}, embedded binaries, fsync off, so that the disk's pauses are not taken for locks.`,
    `A packed table of ${ROWS} rows of about 200 bytes with one index; a NULL column becomes a number. Writer: ${about}; waits count from the time a write was due.`,
    'The backfill is a process that has loaded its code before; counting, VACUUM and ANALYZE are part of its time.',
  ],
  control: connectControl(({ server }: Scene) => server),
  variants: [
    besideAWriter(UPDATE, 'one UPDATE', 'a single statement, which locks every row until its end'),
    besideAWriter(OURS, 2, '`backfillDomain`, two batches at a time'),
    besideAWriter(ONE, 1, '`backfillDomain`, one batch at a time'),
    besideAWriter(POPULAR, 'popular form', 'batches of 5,000 by a CTE that the UPDATE joins, with a cursor'),
  ],
  bounds: [OURS, ONE].flatMap((of) => [
    { of, figure: SHARE, limit: { max: 1 } },
    { of, figure: GROWTH, limit: { max: 1.4 } },
  ]),
  ratios: [
    { of: OURS, to: UPDATE, figure: RATE, limit: { min: 1.3 } },
    { of: ONE, to: UPDATE, figure: RATE },
    { of: POPULAR, to: UPDATE, figure: RATE },
  ],
});

async function open(): Promise<Scene> {
  await using opening = new AsyncDisposableStack();
  const server = opening.use(await startPostgres({ source: 'embedded' }));
  const runner = opening.use(await startChild<Order, Answer>(join(import.meta.dirname, 'p3/runner.ts')));
  const version = await serverVersion(server.url);
  const stack = opening.move();
  return { ...{ server, runner, serverVersion: version }, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
