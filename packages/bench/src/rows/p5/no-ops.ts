import { createTestDatabase } from '@repo/local-postgres';
import { defineVariant, type Variant } from '../../harness/variant.ts';
import { reportedMs, runProgram } from '../../support/run-program.ts';
import { type Migrator, migrators, script } from '../../synthetic/migrators.ts';
import { IN_PROCESS, variantName } from '../p4/applies.ts';
import type { Size, Workshop } from '../p4/workshop.ts';

export const BARE = 'bare node';
export const CONNECT = 'connect in a process';

export const noOps: readonly Migrator[] = migrators;

/** `migrator` again, on a database that it has brought to its head itself. */
export function asks(migrator: Migrator, size: Size, name = variantName(migrator.name, size)): Variant<Workshop> {
  return defineVariant({
    name,
    about: migrator.about,
    setup: async ({ throwaway, projects }: Workshop) => {
      const database = await createTestDatabase(undefined, { server: throwaway.url });
      const folder = projects.folder(size);
      const run = async () => await runProgram(migrator.command(database.url, folder), folder);
      await migrator.before?.(database.url, folder);
      await run();
      return { run, database, folder };
    },
    // The variants of one size share a folder, and drizzle-kit reads its URL from a file there.
    prepare: async ({ database, folder }) => await migrator.before?.(database.url, folder),
    run: async ({ run }) => {
      const stdout = await run();
      return migrator.reports ? { [IN_PROCESS]: reportedMs(stdout) } : undefined;
    },
    teardown: ({ database }) => database.drop(),
  });
}

/** Whether bundling alone makes the difference. */
export const drizzleBundled = asks(
  script('drizzle migrator', 'the same, bundled as ours is', 'drizzle-bundled'),
  '500',
  'drizzle migrator, bundled, 500',
);

export const bare = asks({ ...script(BARE, '`node empty.mjs` (the limit)', 'empty'), reports: false }, '1', BARE);

export const connect = asks(
  script(CONNECT, 'connect as ours does, `SELECT 1`, close, in a process of its own; bundled', 'connect'),
  '1',
  CONNECT,
);
