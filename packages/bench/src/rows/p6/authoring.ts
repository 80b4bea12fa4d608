import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../support/root.ts';
import { runProgram } from '../../support/run-program.ts';

export const SIZES = [10, 100, 300] as const;
export type Tables = (typeof SIZES)[number];

/** A project of so many tables, with the migration that makes them. */
export interface Authoring extends AsyncDisposable {
  readonly folder: string;
  /** drizzle-kit's program. */
  readonly kitBin: string;
  /** Takes back what was generated since, and adds a column. */
  edit(): Promise<void>;
}

const bench = join(root, 'packages/bench');

/** Below this package, so that it finds drizzle-kit. */
export async function createAuthoring(tables: Tables): Promise<Authoring> {
  const folder = await mkdtemp(join(bench, '.authoring-'));
  const kitBin = join(bench, 'node_modules/drizzle-kit/bin.cjs');
  await mkdir(join(folder, 'node_modules'));
  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  await write('package.json', '{ "type": "module" }');
  await write(
    'drizzle.config.ts',
    "export default { dialect: 'postgresql', schema: './schema.ts', out: './migrations' };\n",
  );
  await write('db.config.ts', CONFIG);
  await write('schema.ts', schema(tables, ''));
  await runProgram(
    [process.execPath, kitBin, 'generate', '--config', 'drizzle.config.ts', '--name', 'initial'],
    folder,
  );
  const [initial] = await readdir(join(folder, 'migrations'));
  let edits = 0;
  return {
    folder,
    kitBin,
    edit: async () => {
      for (const name of await readdir(join(folder, 'migrations')))
        if (name !== initial) await rm(join(folder, 'migrations', name), { recursive: true });
      edits += 1;
      await write('schema.ts', schema(tables, `more_${edits}: text('more_${edits}'),`));
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

const CONFIG = `const seed = { reference: async () => [], missing: async () => [], demo: async () => [] };
export default { domains: [{ name: 'app', schema: 'app', migrations: 'migrations', generator: 'drizzle.config.ts',
  load: async () => ({ schema: await import('./schema.ts'), objects: [], backfills: [], seed }) }] };
`;

/** 12 columns, 2 indexes and a foreign key each; the first table gets what is new. */
function schema(tables: number, more: string): string {
  const one = (number: number) => `export const t${number} = app.table('t${number}', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  parentId: bigint('parent_id', { mode: 'number' }).references(() => t${Math.max(number - 1, 0)}.id),
  name: text('name').notNull(), kind: text('kind').notNull().default('plain'), note: text('note'), amount: integer('amount').notNull().default(0),
  doc: jsonb('doc'), isOpen: boolean('is_open').notNull().default(true), price: numeric('price', { precision: 10, scale: 2 }),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(), endedAt: timestamp('ended_at', { withTimezone: true }),
  code: text('code').notNull(), ${number === 0 ? more : ''}
}, (t) => [index('idx_t${number}_kind').on(t.kind), uniqueIndex('idx_t${number}_code').on(t.code)]);
`;
  return `import { bigint, boolean, index, integer, jsonb, numeric, pgSchema, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core';
export const app = pgSchema('app');
${Array.from({ length: tables }, (_, number) => one(number)).join('')}`;
}
