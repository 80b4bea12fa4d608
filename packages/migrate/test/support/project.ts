import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Backfill, DomainConfig } from '../../src/config.ts';
import { type MigrateOptions, migrateDomain, parseTarget } from '../../src/index.ts';

/** A domain of its own in a temporary folder, with the given migrations: name → SQL. */
export interface Project extends AsyncDisposable {
  readonly root: string;
  readonly domain: DomainConfig;
  write(name: string, sql: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Writes a db.config.ts for the command line. */
  writeConfig(): Promise<void>;
  migrate(url: string, options?: Partial<MigrateOptions>): ReturnType<typeof migrateDomain>;
}

export async function createProject(
  migrations: Readonly<Record<string, string>>,
  backfills: readonly Backfill[] = [],
  parent = tmpdir(),
): Promise<Project> {
  const root = await mkdtemp(join(parent, '.project-'));
  const domain: DomainConfig = {
    name: 'shop',
    schema: 'shop',
    migrations: 'migrations',
    generator: 'drizzle.config.ts',
    load: async () => ({
      schema: {},
      objects: [],
      backfills,
      seed: { reference: async () => [], missing: async () => [], demo: async () => [] },
    }),
  };
  const write = async (name: string, sql: string) => {
    await mkdir(join(root, 'migrations', name), { recursive: true });
    await writeFile(join(root, 'migrations', name, 'migration.sql'), sql);
  };
  await mkdir(join(root, 'migrations'));
  for (const [name, sql] of Object.entries(migrations)) await write(name, sql);
  return {
    root,
    domain,
    write,
    writeConfig: () => writeFile(join(root, 'db.config.ts'), config(backfills)),
    remove: (name) => rm(join(root, 'migrations', name), { recursive: true }),
    migrate: (url, options = {}) => migrateDomain(domain, { root, target: parseTarget(url, 'test'), ...options }),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
}

const config = (
  backfills: readonly Backfill[],
) => `const seed = { reference: async () => [], missing: async () => [], demo: async () => [] };
export default {
  domains: [
    {
      name: 'shop', schema: 'shop', migrations: 'migrations', generator: 'drizzle.config.ts',
      load: async () => ({ schema: {}, objects: [], backfills: ${JSON.stringify(backfills)}, seed }),
    },
  ],
};
`;
