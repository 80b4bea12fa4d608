import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type LocalPostgres, startPostgres } from '@repo/local-postgres';
import { defineRow } from '../harness/row.ts';
import { defineVariant, Skipped, type Variant } from '../harness/variant.ts';
import { connectControl } from '../support/connect-control.ts';
import { FreshDatabase } from '../support/fresh-database.ts';
import { runProgram, TookTooLong } from '../support/run-program.ts';
import { serverVersion } from '../support/server-version.ts';
import { largeMigration } from '../synthetic/large.ts';
import { type Migrator, migrators, OURS_CLI, script } from '../synthetic/migrators.ts';
import { mixedMigrations } from '../synthetic/mix.ts';
import { type Projects, writeProjects } from '../synthetic/project.ts';

const PEAK = 'peak memory';
const MB_MAX = 200;
const PATIENCE_MS = 60_000;
const NAMES = {
  many: '500 migrations',
  rows: '10 MB, 1,000 rows an INSERT',
  inserts: '10 MB, a row an INSERT',
} as const;
type Name = keyof typeof NAMES;
const names: readonly Name[] = ['many', 'rows', 'inserts'];

interface Shared extends AsyncDisposable {
  readonly server: LocalPostgres;
  readonly serverVersion: string;
  readonly projects: Projects<Name>;
}

/** What a migrating container must be given. */
export const memory = defineRow({
  id: 'P14',
  title: 'Memory of a migrator',
  target: `peak resident memory below ${MB_MAX} MB, for 500 migrations and for one file just below 10 MB`,
  units: { [PEAK]: 'MB' },
  setup: open,
  facts: (shared: Shared) => [
    `PostgreSQL ${shared.serverVersion}, embedded binaries, fsync off; an empty database before each run.`,
    'The peak of the whole process, as the operating system counts it. MB are millions of bytes.',
  ],
  control: connectControl(({ server }: Shared) => server),
  variants: [
    peak('bare node', { ...script('bare node', '`node empty.mjs`', 'empty'), reports: false }, 'many'),
    ...[OURS_CLI, 'drizzle migrator'].flatMap((name) =>
      migrators
        .filter((migrator) => migrator.name === name)
        .flatMap((migrator) => names.map((project) => peak(`${name}, ${NAMES[project]}`, migrator, project))),
    ),
  ],
  bounds: names.map((name) => ({ of: `${OURS_CLI}, ${NAMES[name]}`, figure: PEAK, limit: { max: MB_MAX } })),
  ratios: names.map((name) => ({
    of: `${OURS_CLI}, ${NAMES[name]}`,
    to: `drizzle migrator, ${NAMES[name]}`,
    figure: PEAK,
  })),
});

async function open(): Promise<Shared> {
  await using opening = new AsyncDisposableStack();
  const server = opening.use(await startPostgres({ source: 'embedded' }));
  const projects = opening.use(
    await writeProjects<Name>({
      many: mixedMigrations(500),
      rows: [largeMigration(1000)],
      inserts: [largeMigration(1)],
    }),
  );
  const version = await serverVersion(server.url);
  const stack = opening.move();
  return { ...{ server, projects, serverVersion: version }, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function peak(name: string, migrator: Migrator, project: Name): Variant<Shared> {
  return defineVariant({
    name,
    about: migrator.about,
    setup: async ({ server, projects }: Shared) => {
      const state = { migrator, database: new FreshDatabase(server), folder: projects.folder(project) };
      await state.database.renew();
      const tooLong = await measure(state).then(() => undefined, skipWhereEndless);
      return tooLong ?? state;
    },
    prepare: async ({ database }) => await database.renew(),
    run: measure,
    teardown: async ({ database }) => await database.drop(),
  });
}

interface Measured {
  readonly migrator: Migrator;
  readonly database: FreshDatabase;
  readonly folder: string;
}

/** One whole process. */
async function measure({ migrator, database, folder }: Measured): Promise<Readonly<Record<string, number>>> {
  const [program = '', ...args] = migrator.command(database.url, folder);
  const preload = pathToFileURL(join(folder, 'scripts/peak-memory.mjs')).href;
  await rm(join(folder, 'scripts/peak-memory.txt'), { force: true });
  await runProgram([program, '--import', preload, ...args], folder, PATIENCE_MS);
  return { [PEAK]: Number(await readFile(join(folder, 'scripts/peak-memory.txt'), 'utf8')) };
}

/** A way that does not end cannot be measured, and must not stop the others. */
function skipWhereEndless(error: unknown): Skipped {
  if (error instanceof TookTooLong) return new Skipped(error.message);
  throw error;
}
