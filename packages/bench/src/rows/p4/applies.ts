import type { LocalPostgres } from '@repo/local-postgres';
import { defineVariant, type Variant } from '../../harness/variant.ts';
import { withConnection } from '../../support/connection.ts';
import { FreshDatabase } from '../../support/fresh-database.ts';
import { reportedMs, runProgram } from '../../support/run-program.ts';
import type { Migrator } from '../../synthetic/migrators.ts';
import { SCHEMA, tablesOf } from '../../synthetic/mix.ts';
import type { Size, Workshop } from './workshop.ts';

/** Figure: from the end of the imports to the end of the connection. Of psql, which imports nothing, the whole process. */
export const IN_PROCESS = 'in process';

export const THROWAWAY = ', fsync off';

/** `migrator` on an empty database, whole process; afterwards the tables are counted, so that nobody is quick by doing less. */
export function applies(migrator: Migrator, size: Size, on: 'durable' | 'throwaway' = 'durable'): Variant<Workshop> {
  return defineVariant({
    name: variantName(migrator.name, size, on),
    about: migrator.about,
    setup: async (workshop: Workshop) =>
      (await migrator.missing?.()) ?? { folder: workshop.projects.folder(size), database: fresh(workshop[on], size) },
    prepare: async ({ folder, database }) => {
      await database.renew();
      await migrator.before?.(database.url, folder);
    },
    run: async ({ folder, database }) => {
      const started = performance.now();
      const stdout = await runProgram(migrator.command(database.url, folder), folder);
      if (migrator.reports) return { [IN_PROCESS]: reportedMs(stdout) };
      return migrator.name === 'psql' ? { [IN_PROCESS]: performance.now() - started } : undefined;
    },
    teardown: ({ database }) => database.drop(),
  });
}

export const variantName = (name: string, size: Size, on: 'durable' | 'throwaway' = 'durable'): string =>
  `${name}, ${size}${on === 'durable' ? '' : THROWAWAY}`;

function fresh(server: LocalPostgres, size: Size): FreshDatabase {
  return new FreshDatabase(server, undefined, (url) =>
    withConnection(url, async (sql) => {
      const [row] = await sql<{ count: number }[]>`
        SELECT count(*)::int AS count FROM pg_class WHERE relkind = 'r' AND relnamespace = to_regnamespace(${SCHEMA})`;
      const expected = tablesOf(Number(size));
      if (row?.count !== expected) throw new Error(`expected ${expected} tables after the run, got ${row?.count ?? 0}`);
    }),
  );
}
