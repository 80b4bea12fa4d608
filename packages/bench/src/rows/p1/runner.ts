import { migrateDomain, parseTarget } from '@repo/migrate';
import { withConnection } from '../../support/connection.ts';

/** A change to be made: its plain statement, or the migrations in a folder. */
export interface Order {
  readonly url: string;
  readonly change: { readonly statement: string } | { readonly root: string; readonly folder: string };
}

export interface Answer {
  readonly ms: number;
}

const unused = async (): Promise<never> => {
  throw new Error('the bench never seeds');
};

async function make({ url, change }: Order): Promise<void> {
  if ('statement' in change) {
    await withConnection(url, (sql) => sql.unsafe(change.statement));
    return;
  }
  const seed = { reference: unused, missing: unused, demo: unused };
  const domain = { name: 'bench', schema: 'bench', migrations: change.folder, generator: '' };
  const load = async () => ({ schema: {}, objects: [], backfills: [], seed });
  await migrateDomain({ ...domain, load }, { root: change.root, target: parseTarget(url, 'bench') });
}

// A process of its own, so that the writer's clock is not held up by it.
process.on('message', (order: Order) => {
  const started = performance.now();
  make(order).then(
    () => process.send?.({ ms: performance.now() - started }),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});
process.send?.('ready');
