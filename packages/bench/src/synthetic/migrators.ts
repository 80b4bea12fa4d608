import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Skipped } from '../harness/variant.ts';
import { root } from '../support/root.ts';
import { programRuns } from '../support/run-program.ts';
import { SCHEMA } from './mix.ts';

/** A way to bring a synthetic project's database to its head: a process of its own. */
export interface Migrator {
  readonly name: string;
  readonly about: string;
  readonly command: (url: string, folder: string) => readonly string[];
  /** Whether it prints what it took after its imports, as peers/report.ts does. */
  readonly reports: boolean;
  /** What must be written before it runs; never timed. */
  readonly before?: (url: string, folder: string) => Promise<void>;
  /** Undefined: it can run here. */
  readonly missing?: () => Promise<Skipped | undefined>;
}

export const OURS = 'ours, library';
export const OURS_CLI = 'ours, command line';
export const PSQL = 'psql';

/** A script of src/peers, which reports what it took. */
export function script(name: string, about: string, file: string): Migrator {
  const command = (url: string, folder: string) => [
    process.execPath,
    join(folder, 'scripts', `${file}.mjs`),
    url,
    folder,
  ];
  return { name, about, reports: true, command };
}

const oursCli: Migrator = {
  name: OURS_CLI,
  about: '`db migrate`, bundled with its configuration',
  reports: false,
  command: (url, folder) => [
    process.execPath,
    ...[join(folder, 'scripts/ours-cli.mjs'), 'migrate', '--quiet', '--url', url],
  ],
};

const KIT_CONFIG = 'drizzle.config.mjs';

const drizzleKit: Migrator = {
  name: 'drizzle-kit',
  about: '`drizzle-kit migrate`',
  reports: false,
  before: async (url, folder) => {
    const config = { dialect: 'postgresql', out: './migrations', dbCredentials: { url } };
    await writeFile(join(folder, KIT_CONFIG), `export default ${JSON.stringify(config)};\n`);
  },
  command: () => [
    process.execPath,
    ...[join(root, 'packages/bench/node_modules/drizzle-kit/bin.cjs'), 'migrate', '--config', KIT_CONFIG],
  ],
};

/** The limit without Node: no lock, no history, no checksum, one transaction. */
export const psql: Migrator = {
  name: PSQL,
  about: '`psql -1 -f all.sql`: one transaction, no history (the limit)',
  reports: false,
  command: (url) => ['psql', '-X', '-1', '-q', '-v', 'ON_ERROR_STOP=1', '-f', 'all.sql', url],
  missing: async () => ((await programRuns('psql', '--version')) ? undefined : new Skipped('psql is not on PATH')),
};

export const ours = script(OURS, `\`migrateDomain\` of one domain, schema ${SCHEMA}; bundled`, 'ours');

export const migrators: readonly Migrator[] = [
  ours,
  oursCli,
  script('drizzle migrator', '`migrate` of drizzle-orm/postgres-js; one transaction for all', 'drizzle'),
  drizzleKit,
  script('node-pg-migrate', '`runner`, SQL files; a transaction each', 'node-pg-migrate'),
  script('knex', '`migrate.latest`; one transaction for all', 'knex'),
  script('kysely', '`migrateToLatest`; one transaction for all', 'kysely'),
  script('graphile-migrate', '`migrate`, committed files; a transaction each', 'graphile-migrate'),
];
