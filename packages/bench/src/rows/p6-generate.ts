import { join } from 'node:path';
import { type LocalPostgres, startPostgres } from '@repo/local-postgres';
import { defineRow } from '../harness/row.ts';
import { defineVariant, type Variant } from '../harness/variant.ts';
import { connectControl } from '../support/connect-control.ts';
import { root } from '../support/root.ts';
import { runProgram } from '../support/run-program.ts';
import { serverVersion } from '../support/server-version.ts';
import { type Authoring, createAuthoring, SIZES, type Tables } from './p6/authoring.ts';

const TIMES_KIT_MAX = 3;
const MS_OVER_NODE = 60;

interface Shared extends AsyncDisposable {
  readonly server: LocalPostgres;
  readonly serverVersion: string;
}

const kit = (tables: Tables) => `drizzle-kit generate, ${tables}`;
const ours = (tables: Tables) => `ours, one column, ${tables}`;
const nothing = (tables: Tables) => `ours, nothing changed, ${tables}`;
const BARE = 'bare node';

/** What a person waits for after an edit of the schema. */
export const generate = defineRow({
  id: 'P6',
  title: 'Generate a migration',
  target: `the whole proof (statements, objects, way back, up → down → up with rows) ≤ ${TIMES_KIT_MAX} × \`drizzle-kit generate\` alone at 100 tables; nothing changed ≤ bare Node + ${MS_OVER_NODE} ms`,
  setup: open,
  facts: (shared: Shared) => [
    `PostgreSQL ${shared.serverVersion}, embedded binaries, fsync off; it runs already (--scratch-url). Whole processes.`,
    'Tables of 12 columns, 2 indexes and a foreign key, in one history of one migration; the change adds one column.',
  ],
  control: connectControl(({ server }: Shared) => server),
  variants: [
    bareNode(),
    ...SIZES.flatMap((tables) => [byKit(tables), byOurs(tables, 'change'), byOurs(tables, 'nothing')]),
  ],
  bounds: [],
  ratios: SIZES.map((tables) => ({
    of: ours(tables),
    to: kit(tables),
    ...(tables === 100 && { limit: { max: TIMES_KIT_MAX } }),
  })),
  differences: SIZES.map((tables) => ({ of: nothing(tables), to: BARE, limit: { max: MS_OVER_NODE } })),
});

async function open(): Promise<Shared> {
  const server = await startPostgres({ source: 'embedded' });
  return {
    server,
    serverVersion: await serverVersion(server.url),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

function bareNode(): Variant<Shared> {
  return defineVariant({
    name: BARE,
    about: '`node -e 0` (the limit)',
    setup: async (_: Shared) => [process.execPath, '-e', '0'],
    run: async (command) => {
      await runProgram(command, root);
      return undefined;
    },
  });
}

function byKit(tables: Tables): Variant<Shared> {
  return defineVariant({
    name: kit(tables),
    about: 'its command line, one column added',
    setup: async (_: Shared) => await createAuthoring(tables),
    prepare: (authoring: Authoring) => authoring.edit(),
    run: async ({ folder, kitBin }) => {
      await runProgram(
        [process.execPath, kitBin, 'generate', '--config', 'drizzle.config.ts', '--name', 'more'],
        folder,
      );
      return undefined;
    },
    teardown: async (authoring) => await authoring[Symbol.asyncDispose](),
  });
}

function byOurs(tables: Tables, what: 'change' | 'nothing'): Variant<Shared> {
  return defineVariant({
    name: what === 'change' ? ours(tables) : nothing(tables),
    about: what === 'change' ? '`db generate`, one column added, up to the proven folder' : '`db generate` again',
    setup: async ({ server }: Shared) => {
      const authoring = await createAuthoring(tables);
      const main = join(root, 'packages/migrate/src/cli/main.js');
      const command = [process.execPath, main, '--config', join(authoring.folder, 'db.config.ts'), 'generate'];
      if (what === 'nothing') await runProgram([...command, '--scratch-url', server.url], authoring.folder);
      return { authoring, command: [...command, '--scratch-url', server.url, '--name', 'more'] };
    },
    prepare: async ({ authoring }) => {
      if (what === 'change') await authoring.edit();
    },
    run: async ({ authoring, command }) => {
      await runProgram(command, authoring.folder);
      return undefined;
    },
    teardown: async ({ authoring }) => await authoring[Symbol.asyncDispose](),
  });
}
