import { type LocalPostgres, startPostgres } from '@repo/local-postgres';
import { serverVersion } from '../../support/server-version.ts';
import { mixedMigrations } from '../../synthetic/mix.ts';
import { type Projects, writeProjects } from '../../synthetic/project.ts';

/** Sizes of the histories. */
export const SIZES = [1, 50, 500] as const;
export type Size = `${(typeof SIZES)[number]}`;

/** What the variants share. */
export interface Workshop extends AsyncDisposable {
  /** Embedded, every commit on the disk. */
  readonly durable: LocalPostgres;
  /** Embedded, fsync off. */
  readonly throwaway: LocalPostgres;
  readonly serverVersion: string;
  readonly projects: Projects<Size>;
}

export async function openWorkshop(): Promise<Workshop> {
  await using opening = new AsyncDisposableStack();
  const durable = opening.use(await startPostgres({ source: 'embedded', durable: true }));
  const throwaway = opening.use(await startPostgres({ source: 'embedded' }));
  const histories = { '1': mixedMigrations(1), '50': mixedMigrations(50), '500': mixedMigrations(500) };
  const projects = opening.use(await writeProjects<Size>(histories));
  const version = await serverVersion(durable.url);
  const stack = opening.move();
  return {
    ...{ durable, throwaway, projects, serverVersion: version },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
