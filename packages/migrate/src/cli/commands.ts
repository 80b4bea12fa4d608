import type { CommandEntry } from './command.ts';

/** Every command, in the order of `--help`. The code of a command is loaded when it runs. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'generate',
    summary: 'Write migrations for what changed in the schema.',
    description:
      'Writes a migration folder for each domain whose schema changed. drizzle-kit writes what it models; what objects.ts declares beyond it (functions, triggers, comments, …) is appended from a catalog diff on two scratch databases. Nothing is written when nothing changed, or when a step fails. Exits 3 when it must be told whether something was renamed.',
    options: (command) =>
      command
        .option('--name <slug>', 'name of the new migrations, lower-case words', 'change')
        .option('--hints <file>', 'answers to rename questions, as JSON')
        .option('--scratch-url <url>', 'server for the scratch databases, instead of a local one'),
    examples: [
      'pnpm db:generate',
      'pnpm db:generate --domain bot --name add-warn-count',
      'pnpm db:generate --hints renames.json',
    ],
    load: () => import('./commands/generate.ts'),
  },
  {
    name: 'check',
    summary: 'Check files, snapshots and schema against each other, without a database.',
    examples: ['pnpm db:check', 'pnpm db:check --domain train --json'],
    load: () => import('./commands/check.ts'),
  },
  {
    name: 'migrate',
    summary: 'Apply pending migrations.',
    description:
      'Applies every pending migration of each domain, one transaction each, under a lock that lets one migrator run at a time. Run it any number of times, from any number of places.',
    options: (command) =>
      command
        .option('--to <name>', 'stop after this migration')
        .option('--dry-run', 'show what would be applied; change nothing')
        .option(
          '--allow-late <name>',
          'apply this late migration in spite of an overlap; repeatable',
          (name: string, all: string[] = []) => [...all, name],
        )
        .option('--events', 'print what happens as JSON lines on stdout')
        .option('--lock-wait <seconds>', 'how long to wait for another migrator', '60'),
    examples: [
      'pnpm db:migrate',
      'pnpm db:migrate --dry-run',
      'pnpm db:migrate --domain bot --to 20261121010203_initial',
    ],
    load: () => import('./commands/migrate.ts'),
  },
  {
    name: 'status',
    summary: 'Show each migration: applied, pending, out of order, edited, missing.',
    description:
      'Shows each migration with its state, who applied it, when, and how long it took. Exits 2 when anything is not applied.',
    examples: ['pnpm db:status', 'pnpm db:status --json'],
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'verify',
    summary: 'Say yes or no: connected, at the head, tables and reference rows there.',
    examples: ['pnpm db:verify', 'pnpm db:verify --json --quiet'],
    load: () => import('./commands/verify.ts'),
  },
  {
    name: 'seed',
    summary: 'Write reference rows; with --demo, a realistic data set.',
    description:
      'Idempotent and deterministic. Reference rows are safe anywhere; --demo is refused on a database marked as production.',
    options: (command) =>
      command
        .option('--demo', 'also fill every table with demo rows')
        .option('--rows <count>', 'demo rows per table, 1,000 to 1,000,000', '1000')
        .option('--confirm <database>', 'name the database to seed demo rows into one that is marked as production'),
    examples: ['pnpm db:seed', 'pnpm db:seed --demo', 'pnpm db:seed --demo --rows 100000 --domain train'],
    load: () => import('./commands/seed.ts'),
  },
  {
    name: 'mark',
    args: '<what>',
    summary: 'Mark the database as production.',
    description:
      '`mark production` records inside the database that it is production: reset and demo seeds refuse there.',
    examples: ['pnpm db mark production'],
    load: () => import('./commands/mark.ts'),
  },
  {
    name: 'script',
    summary: 'Print the whole history as one SQL file for psql or a first start.',
    description:
      'Prints SQL that creates every domain in an empty database, history rows included: for /docker-entrypoint-initdb.d, or for psql with ON_ERROR_STOP. The engine then agrees that all of it is applied.',
    options: (command) => command.option('--out <file>', 'write to this file instead of stdout'),
    examples: [
      'pnpm db script --out packages/db/initdb/10-schema.sql',
      'pnpm --silent db script | psql -v ON_ERROR_STOP=1 "$DATABASE_URL"',
    ],
    load: () => import('./commands/script.ts'),
  },
  {
    name: 'docs',
    summary: 'Print docs/cli.md and docs/errors.md from the code.',
    options: (command) =>
      command
        .option('--out <folder>', 'where to write', 'docs')
        .option('--check', 'write nothing; exit 2 when a page is out of date'),
    examples: ['pnpm db docs', 'pnpm db docs --check'],
    load: () => import('./commands/docs.ts'),
  },
];
