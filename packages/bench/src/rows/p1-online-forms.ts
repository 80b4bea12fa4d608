import { join } from 'node:path';
import { startPostgres } from '@repo/local-postgres';
import { defineRow } from '../harness/row.ts';
import { startChild } from '../support/child.ts';
import { connectControl } from '../support/connect-control.ts';
import { FreshDatabase } from '../support/fresh-database.ts';
import { serverVersion } from '../support/server-version.ts';
import { accounts, ROWS } from './p1/accounts.ts';
import { ALONE, about, besideAWriter, LONGEST, type Scene, SHARE, TOOK } from './p1/beside-a-writer.ts';
import { CHANGES } from './p1/changes.ts';
import { writeOnlineProject } from './p1/project.ts';
import type { Answer, Order } from './p1/runner.ts';

const plain = (name: string) => `${name}, plain`;
const online = (name: string) => `${name}, online`;

/** What a writer notices of each kind of schema change, in the form that the generator writes and in the plain one. */
export const onlineForms = defineRow({
  id: 'P1',
  title: 'A schema change beside a writer',
  target: 'a writer waits ≤ 25 ms or 2 × what it waits alone, whatever the kind of the change',
  units: { [LONGEST]: 'ms', [ALONE]: 'ms', [SHARE]: '×', [TOOK]: 'ms' },
  setup: open,
  facts: ({ serverVersion: version, project }: Scene) => [
    `PostgreSQL ${version}, embedded binaries, fsync off, so that the disk's pauses are not taken for locks.`,
    `A packed table of ${ROWS} rows of about 200 bytes. Writer: ${about}; waits count from the time a write was due.`,
    `Online: migration files each: ${[...project.files].map(([name, count]) => `${name} ${count}`).join(', ')}; history tables and the questions to the rows are part of the run. Plain: the statement alone.`,
  ],
  control: connectControl(({ server }: Scene) => server),
  variants: CHANGES.flatMap((change) => [
    besideAWriter(plain(change.name), change, 'plain'),
    besideAWriter(online(change.name), change, 'online'),
  ]),
  bounds: CHANGES.map(({ name }) => ({ of: online(name), figure: SHARE, limit: { max: 1 } })),
  ratios: CHANGES.flatMap(({ name }) => [
    { of: plain(name), to: online(name), figure: LONGEST },
    { of: online(name), to: plain(name), figure: TOOK },
  ]),
});

async function open(): Promise<Scene> {
  await using opening = new AsyncDisposableStack();
  const server = opening.use(await startPostgres({ source: 'embedded' }));
  const database = new FreshDatabase(server, accounts);
  await database.renew();
  const project = opening.use(await writeOnlineProject(database.url));
  await database.drop();
  const runner = opening.use(await startChild<Order, Answer>(join(import.meta.dirname, 'p1/runner.ts')));
  const version = await serverVersion(server.url);
  const stack = opening.move();
  return { ...{ server, project, runner, serverVersion: version }, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
