import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openKit } from '../../src/author/drizzle-kit.ts';
import { generateDomains } from '../../src/author/generate-domains.ts';
import type { Generated } from '../../src/author/generated.ts';
import type { DomainConfig } from '../../src/config.ts';
import { migrateDomain, parseTarget, rollbackDomain } from '../../src/index.ts';

/** A Drizzle project in a folder of its own, below this package so that it finds drizzle-kit, driven in this process. */
export interface DrizzleProject extends AsyncDisposable {
  readonly root: string;
  readonly domain: DomainConfig;
  /** The lines of the schema module behind its imports, and the list of objects. */
  declare(schema: string, objects?: string): Promise<void>;
  /** Writes a db.config.ts for the command line, of what is declared now. */
  writeConfig(): Promise<void>;
  generate(name: string, hints?: readonly object[]): Promise<Generated>;
  /** Folders of the history, oldest first. */
  folders(): Promise<readonly string[]>;
  read(folder: string, file?: 'migration.sql' | 'down.sql'): Promise<string>;
  /** Writes the purpose of every file, as an author does. */
  writePurposes(): Promise<void>;
  /** Writes purposes, and applies. */
  migrate(url: string): Promise<void>;
  rollback(url: string, count: number): Promise<void>;
}

const IMPORTS = `import { bigint, boolean, check, foreignKey, index, integer, jsonb, numeric, pgEnum, pgMaterializedView, pgPolicy, pgSchema, pgView, primaryKey, text, timestamp, unique, uniqueIndex, uuid, varchar } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
void [bigint, boolean, check, foreignKey, index, integer, jsonb, numeric, pgEnum, pgMaterializedView, pgPolicy, pgSchema, pgView, primaryKey, text, timestamp, unique, uniqueIndex, uuid, varchar, sql];
export const shop = pgSchema('shop');
`;

export async function createDrizzleProject(server: string): Promise<DrizzleProject> {
  const root = await mkdtemp(join(import.meta.dirname, '../.project-'));
  let version = 0;
  const domain: DomainConfig = {
    name: 'shop',
    schema: 'shop',
    migrations: 'migrations',
    generator: 'drizzle.config.ts',
    load: async () => ({
      schema: await import(join(root, `schema-${version}.ts`)),
      objects: (await import(join(root, `objects-${version}.ts`))).objects,
      backfills: [],
      seed: { reference: async () => [], missing: async () => [], demo: async () => [] },
    }),
  };
  const folders = async () => (await readdir(join(root, 'migrations')).catch(() => [])).sort();
  const read: DrizzleProject['read'] = (folder, file = 'migration.sql') =>
    readFile(join(root, 'migrations', folder, file), 'utf8');
  const writePurposes = async () => {
    for (const folder of await folders())
      await writeFile(
        join(root, 'migrations', folder, 'migration.sql'),
        (await read(folder)).replace(/Purpose: .*/, 'Purpose: a shop.'),
      );
  };
  await writeFile(join(root, 'package.json'), '{ "type": "module" }');
  const hintsFile = join(root, 'hints.json');
  return {
    root,
    domain,
    folders,
    read,
    declare: async (schema, objects = '') => {
      version += 1;
      await writeFile(join(root, `schema-${version}.ts`), IMPORTS + schema);
      await writeFile(
        join(root, `objects-${version}.ts`),
        `import { comment, index, sqlFunction, trigger } from '../../src/config.ts';\nimport * as s from './schema-${version}.ts';\nvoid [comment, index, sqlFunction, trigger, s];\nexport const objects = [${objects}];\n`,
      );
      await writeFile(
        join(root, 'drizzle.config.ts'),
        `export default { dialect: 'postgresql', schema: './schema-${version}.ts', out: './migrations' };\n`,
      );
    },
    writeConfig: () =>
      writeFile(
        join(root, 'db.config.ts'),
        `const seed = { reference: async () => [], missing: async () => [], demo: async () => [] };
export default { domains: [{ name: 'shop', schema: 'shop', migrations: 'migrations', generator: 'drizzle.config.ts',
  load: async () => ({ schema: await import('./schema-${version}.ts'), objects: (await import('./objects-${version}.ts')).objects, backfills: [], seed }) }] };\n`,
      ),
    generate: async (name, hints) => {
      if (hints !== undefined) await writeFile(hintsFile, JSON.stringify(hints));
      using kit = openKit(root);
      const [generated] = await generateDomains([domain], {
        root,
        kit,
        name,
        hints: hints === undefined ? undefined : hintsFile,
        scratchUrl: server,
        statsUrl: undefined,
        today: '2026-01-01',
        talk: () => {},
        onDomain: () => {},
      });
      if (generated === undefined) throw new Error('no report');
      return generated;
    },
    writePurposes,
    migrate: async (url) => {
      await writePurposes();
      await migrateDomain(domain, { root, target: parseTarget(url, 'test') });
    },
    rollback: async (url, count) => {
      await rollbackDomain(domain, { root, target: parseTarget(url, 'test'), extent: { kind: 'steps', count } });
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
}
