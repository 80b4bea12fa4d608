import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTestDatabase, type LocalPostgres, startPostgres, type TestDatabase } from '@repo/local-postgres';
import { defineRow } from '../harness/row.ts';
import { defineVariant, type Variant } from '../harness/variant.ts';
import { connectControl } from '../support/connect-control.ts';
import { migratedTemplate } from '../support/migrations.ts';
import { root } from '../support/root.ts';
import { runProgram } from '../support/run-program.ts';
import { serverVersion } from '../support/server-version.ts';

const MS_OVER_NODE = 20;
const TIMES_RAW_MAX = 1.1;
const PROGRAMS = {
  empty: '`node empty.mjs` (the limit)',
  'ours-import': 'import the client and one domain, `createDb`, connect to nothing',
  raw: 'postgres.js: connect, one row, close',
  ours: 'the client: connect, one row by a builder call, close',
} as const;
type Program = keyof typeof PROGRAMS;
const FORMS = ['bundled', 'as written'] as const;
type Form = (typeof FORMS)[number];

interface Shared extends AsyncDisposable {
  readonly server: LocalPostgres;
  readonly database: TestDatabase;
  readonly folder: string;
  readonly serverVersion: string;
}

const nameOf = (program: Program, form: Form) => `${program}, ${form}`;
const bare = nameOf('empty', 'bundled');

/** What each start of an application pays before its first row. */
export const coldStart = defineRow({
  id: 'P13',
  title: 'Cold start of an application',
  target: `≤ bare Node + ${MS_OVER_NODE} ms, bundled, with the five domains' tables; ≤ ${TIMES_RAW_MAX} × raw postgres.js to the first row`,
  setup: open,
  facts: (shared: Shared) => [
    `PostgreSQL ${shared.serverVersion}, embedded binaries, fsync off. Whole processes, each on its own.`,
    'As written: TypeScript that Node strips, nothing bundled. Bundled: one minified file each.',
  ],
  control: connectControl(({ server }: Shared) => server),
  variants: [
    starts('empty', 'bundled'),
    ...FORMS.flatMap((form) => (['ours-import', 'raw', 'ours'] as const).map((program) => starts(program, form))),
  ],
  bounds: [],
  ratios: FORMS.map((form) => ({
    of: nameOf('ours', form),
    to: nameOf('raw', form),
    ...(form === 'bundled' && { limit: { max: TIMES_RAW_MAX } }),
  })),
  differences: [
    { of: nameOf('ours-import', 'bundled'), to: bare, limit: { max: MS_OVER_NODE } },
    { of: nameOf('ours-import', 'as written'), to: bare },
    ...FORMS.map((form) => ({ of: nameOf('ours', form), to: bare })),
  ],
});

const programs = join(import.meta.dirname, 'p13/programs');

async function open(): Promise<Shared> {
  await using opening = new AsyncDisposableStack();
  const server = opening.use(await startPostgres({ source: 'embedded' }));
  const database = await createTestDatabase(migratedTemplate, { server: server.url });
  opening.defer(() => database.drop());
  const folder = await mkdtemp(join(tmpdir(), 'cold-start-'));
  opening.defer(() => rm(folder, { recursive: true, force: true }));
  await bundle(folder);
  const version = await serverVersion(server.url);
  const stack = opening.move();
  return { server, database, folder, serverVersion: version, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function bundle(folder: string): Promise<void> {
  const esbuild = join(root, 'packages/db/node_modules/esbuild/bin/esbuild');
  const entries = Object.keys(PROGRAMS).map((program) => join(programs, `${program}.ts`));
  const form = [
    '--format=esm',
    '--out-extension:.js=.mjs',
    '--target=node22',
    '--platform=node',
    '--log-level=warning',
  ];
  await promisify(execFile)(esbuild, [...entries, `--outdir=${folder}`, '--bundle', '--minify', ...form]);
}

function starts(program: Program, form: Form): Variant<Shared> {
  return defineVariant({
    name: nameOf(program, form),
    about: PROGRAMS[program],
    setup: async ({ database, folder }: Shared) => {
      const file = form === 'bundled' ? join(folder, `${program}.mjs`) : join(programs, `${program}.ts`);
      return { command: [process.execPath, file, database.url], folder };
    },
    run: async ({ command, folder }) => {
      await runProgram(command, folder);
      return undefined;
    },
  });
}
