import type { Command } from 'commander';
import type { CommandEntry } from './command.ts';

/** Every command, in the order of `--help`. The code of a command is loaded when it runs. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'generate',
    summary: 'Write migrations for what changed in the schema.',
    description:
      'Writes a migration folder for each domain whose schema changed. drizzle-kit writes what it models; what objects.ts declares beyond it (functions, triggers, comments, …) is appended from a catalog diff on scratch databases. What would block a table with rows is rewritten, over as many folders as it takes. Each folder gets its down.sql, from the catalog diff turned round; up, down and up again are run on made-up rows, catalogs and rows are compared, and the result stands in the header. Nothing is written when nothing changed, when a step fails for any of the domains, or when it is interrupted. Where something may have been renamed, a comment beside it in the TypeScript answers (`// was: old_name`); without one it asks on a terminal; elsewhere it exits 3 and prints both answers for a hints file: a JSON list of { "type": "rename", "kind": "column", "from": [schema, table, old name], "to": [schema, table, new name] } and { "type": "create", "kind": "column", "entity": [schema, table, name] }; of a table: [schema, name].',
    options: (command) =>
      command
        .option('--name <slug>', 'name of the new migrations, lower-case words', 'change')
        .option('--hints <file>', 'answers to rename questions, as JSON; for their form see above')
        .option('--scratch-url <url>', 'server for the scratch databases, instead of a local one')
        .option(
          '--stats-url <url>',
          'read row counts from this database, so that small tables get plain statements, and ask its rows what is in the way; only read',
        )
        .option('--no-cache', 'look again, though no file changed since nothing was to be generated'),
    offline: true,
    examples: [
      'pnpm db generate',
      'pnpm db generate --domain bot --name add_warn_count',
      'pnpm db generate --hints renames.json',
    ],
    interrupted: { changed: 'nothing was written', fix: 'run it again' },
    load: () => import('./commands/generate.ts'),
  },
  {
    name: 'create',
    args: '<name>',
    summary: 'Make the folder of a migration that you write by hand.',
    description:
      'Makes the folder with a header and no statement, named after all others of the domain. Write its SQL, then `prove` it. For what changed in the TypeScript, use `generate`, which writes the SQL itself.',
    options: (command) =>
      command.option('--no-transaction', 'its statements run one by one, as CREATE INDEX CONCURRENTLY must'),
    offline: true,
    examples: ['pnpm db create --domain bot clean_old_logs', 'pnpm db create --domain video --no-transaction reindex'],
    load: () => import('./commands/create.ts'),
  },
  {
    name: 'prove',
    args: '[migrations...]',
    summary: 'Run migrations up, down and up again on made-up rows, and write the down.sql that is missing.',
    description:
      'For a migration that was written or edited by hand and is applied nowhere yet. Its history is replayed in a scratch database and filled with rows; the migration goes up, down and up again, catalogs and rows are compared after each leg, and what was found goes into its header as one line. Where it has no down.sql, one is written from the catalog diff; one that is there is tried. Also shows hazards, and what of the newest migration the TypeScript does not declare. Exits 2 with findings.',
    options: (command) =>
      command
        .option('--all', 'try every down.sql of the histories beside the catalog diff; write nothing')
        .option('--rewrite-down', 'write down.sql from the catalog diff, though there is one')
        .option('--scratch-url <url>', 'server for the scratch databases, instead of a local one'),
    offline: true,
    examples: [
      'pnpm db prove 20261128221500_clean_old_logs',
      'pnpm db prove packages/db/migrations/bot/20261128221500_clean_old_logs --rewrite-down',
      'pnpm db prove --all --domain bot',
    ],
    interrupted: { changed: 'each file is as it was, or whole', fix: 'run it again' },
    load: () => import('./commands/prove.ts'),
  },
  {
    name: 'check',
    summary: 'Check files, snapshots, schema and base branch against each other, without a database.',
    description:
      'For continuous integration and git hooks; no database is asked. It finds: a schema that is ahead of the migrations; files of a history that are edited or gone although the base branch has them; forks and late migrations of parallel branches, with what both touch (`db rebase` mends them); files that cannot be read or lack a purpose, a down or their order; objects and backfills that no migration has; generated files that are out of date; hazards in the migrations that the base branch has not, as `db lint` finds them. What cannot be compared, because there is no git, no base branch or a shallow clone, is a finding, too. Exits 2 with findings; warnings of lint fail nothing.',
    options: (command) =>
      command
        .option('--base <ref>', "the base branch; else origin's own, main or master")
        .option('--no-base', 'compare with no branch: for a folder that is in no repository'),
    offline: true,
    examples: ['pnpm db check', 'pnpm db check --domain train --json', 'pnpm db check --base origin/release'],
    load: () => import('./commands/check.ts'),
  },
  {
    name: 'rebase',
    summary: 'Put the migrations of this branch behind those that the base branch got meanwhile.',
    description:
      'After a merge or rebase: the migrations that the base branch has not get newer names, in their order, and the first of them follows the last state of the base branch. SQL and down stay as they are. Refused (exit 4, nothing changed) is what would not give what was meant: both sides change the same column or object, one names what the other dropped, or a database has the migration already; that is asked where --url or the environment names one. The generator proves that the rebuilt snapshots give one state. It shows first, and exits 3; --yes does it.',
    options: (command) =>
      command
        .option('--base <ref>', "the base branch; else origin's own, main or master")
        .option('--no-database', 'ask no database whether it has the migrations')
        .option('--yes', 'do it'),
    examples: ['pnpm db rebase', 'pnpm db rebase --domain video --yes', 'pnpm db rebase --base origin/release'],
    interrupted: { changed: 'a domain is done or untouched', fix: 'run it again' },
    load: () => import('./commands/rebase.ts'),
  },
  {
    name: 'lint',
    args: '[paths...]',
    summary: 'Look for hazards in migrations: what blocks, breaks programs or loses rows.',
    description:
      "Reads each statement by PostgreSQL's own grammar, with the tables that the migrations before it made, and says what would go wrong on a table with rows, why, and the safe form of that very statement. Without paths it looks at the migrations that are not on the base branch yet. Paths may be files or folders; those outside of the histories are taken for migrations of another project, in the order of their names, and no configuration is needed. A finding is accepted by a line in its file, `-- db: allow <code>: <why>`; one that nothing needs is a finding itself. Errors exit 2, warnings only with --strict. Each rule: docs/lint.md.",
    options: (command) =>
      command
        .option('--all', 'look at every migration, also those on the base branch')
        .option('--base <ref>', "the base branch; else origin's own, main or master")
        .option('--no-base', 'ask git nothing; look at every migration')
        .option('--plain', 'take the paths for files of another project, wherever they lie')
        .option('--strict', 'warnings fail, too')
        .option('--format <format>', 'text, json, github (annotations) or sarif', 'text'),
    offline: true,
    withoutConfig: true,
    examples: [
      'pnpm db lint',
      'pnpm db lint --all --domain train',
      'pnpm --silent db lint --format github',
      'pnpm db lint ../other-project/migrations',
    ],
    interrupted: { changed: 'it only reads', fix: 'run it again' },
    load: () => import('./commands/lint.ts'),
  },
  {
    name: 'migrate',
    summary: 'Apply pending migrations.',
    description:
      'Applies every pending migration of each domain, one transaction each, under a lock that lets one migrator run at a time. Run it any number of times, from any number of places. A contract migration (`-- db: contract`) waits while a build that does not know it is connected; the rest goes on, and a later run applies it. Before it touches anything it asks the rows: those that a NOT NULL, a key, a check, a narrower type or a removed enum value would stumble over are counted, and it refuses with some of their keys and a repair (DB_DATA, exit 4); a question that takes longer than 5 s is given up and said. --dry-run asks, too, and exits 2 where rows are in the way.',
    options: (command) =>
      command
        .option('--to <name>', 'stop after this migration')
        .option('--dry-run', 'print the SQL that would run, and how; change nothing')
        .option(
          '--allow-late <name>',
          'apply this late migration in spite of an overlap; repeatable',
          (name: string, all: string[] = []) => [...all, name],
        )
        .option('--no-preflight', 'do not count the rows that are in the way before anything is touched')
        .option(
          '--allow-contract <name>',
          'apply this contract migration although older builds are connected; repeatable',
          (name: string, all: string[] = []) => [...all, name],
        )
        .option('--events', 'print what happens as JSON lines on stdout')
        .option(
          '--backup <folder>',
          'first back up each domain that has something pending into this folder, as `backup` does',
        )
        .option('--lock-wait <seconds>', 'how long to wait for another migrator', '60'),
    examples: [
      'pnpm db migrate',
      'pnpm db migrate --dry-run',
      'pnpm db migrate --domain bot --to 20261121010203_initial',
    ],
    load: () => import('./commands/migrate.ts'),
  },
  {
    name: 'rehearse',
    summary: 'Apply pending migrations to a copy, beside timed writers and readers.',
    description:
      'Makes a copy of the database, applies what is pending to it by the code of `migrate`, and drops it. Meanwhile a probe updates and reads rows by key in every table that is touched, at a fixed rate, each kind on a connection of its own; what an operation waits counts from the moment when it was due. First the probe runs alone. It prints for each statement the locks and how long they were held, tables that were written anew, rows, bytes of the log, its time and the longest wait of the probe. The copy is a clone (CREATE DATABASE … TEMPLATE) where nobody else is connected and the role may; else, or with --scratch-url, the applied migrations are replayed on another server and the tables filled with generated rows. Of the database itself it only reads. Exits 2 where a migration fails on the copy, or the probe waited longer than --budget-ms.',
    options: (command) =>
      probeOptions(command)
        .option('--to <name>', 'stop after this migration')
        .option(
          '--allow-late <name>',
          'apply this late migration in spite of an overlap; repeatable',
          (name: string, all: string[] = []) => [...all, name],
        )
        .option('--scratch-url <url>', 'another server for the copy; then it is no clone'),
    examples: [
      'pnpm db rehearse',
      'pnpm db rehearse --domain train --budget-ms 100',
      'pnpm --silent db rehearse --format markdown > rehearsal.md',
      'pnpm db rehearse --scratch-url postgres://… --stats-url postgres://… --rows 200000',
    ],
    interrupted: { changed: 'the database was not touched, and the copy is dropped', fix: 'run it again' },
    load: () => import('./commands/rehearse.ts'),
  },
  {
    name: 'rollback',
    summary: 'Undo applied migrations, newest first, by their down.sql.',
    description:
      'Undoes applied migrations of a domain, newest first, each in one transaction with its history row. It runs the down text that the history stored when the migration was applied, so a build that never had the file can undo it. All downs that are asked for are checked before the first one runs: a missing, differing or irreversible one refuses the whole (exit 4, nothing touched). A down says in its header what it loses: read it with --dry-run first. --to can be repeated without harm; --steps counts from where the database stands.',
    options: (command) =>
      command
        .option('--steps <n>', 'undo the last n that were applied; needs one --domain')
        .option('--to <name>', 'undo everything newer than this migration, which stays; needs one --domain')
        .option('--all', 'undo every migration')
        .option('--dry-run', 'print the SQL that would run; change nothing')
        .option(
          '--confirm <database>',
          'name the database to undo everything of a domain in one that is marked as production',
        )
        .option('--lock-wait <seconds>', 'how long to wait for another migrator', '60'),
    examples: [
      'pnpm db rollback --domain bot --steps 1 --dry-run',
      'pnpm db rollback --domain bot --steps 1',
      'pnpm db rollback --domain train --to 20261121012902_split_hashes',
      'pnpm db rollback --all',
    ],
    load: () => import('./commands/rollback.ts'),
  },
  {
    name: 'status',
    summary: 'Show each migration and its state, and who applied it when.',
    description:
      'Shows each migration with its state, who applied it, when, how long it took and by which version of the app (APP_VERSION). States: applied; pending; out of order (pending, and a newer one is applied); half done (some statements of a no-transaction migration); half undone (its rollback was cut); edited (the file is not what was applied); file missing; unknown (applied by a newer build). Of a half-done one it says which statements are done. On a narrow terminal columns are left out; --json has all. Exits 2 when anything is not applied.',
    examples: ['pnpm db status', 'pnpm db status --domain bot --json'],
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'verify',
    summary: 'Say yes or no: connected, at the head, catalog, tables and reference rows as they should be.',
    description:
      'One yes or no per domain, for deploys and readiness checks. It compares the history with the files, the live catalog with the recorded one by fingerprint, and looks for the declared tables and reference rows. It writes nothing, takes nothing stronger than ACCESS SHARE and waits at most 50 ms for a locked table. A database that is behind is not ready (exit 2); one that is ahead is ready, with a note.',
    options: (command) => command.option('--verbose', 'also list applied migrations, tables, views and reference rows'),
    examples: ['pnpm db verify', 'pnpm db verify --verbose --domain optimizer', 'pnpm db verify --json --quiet'],
    load: () => import('./commands/verify.ts'),
  },
  {
    name: 'drift',
    summary: 'Compare the live catalog with what the applied migrations gave.',
    description:
      "Names every table, column, index, constraint, view, function, trigger, policy and comment that somebody changed past the migrations: missing, unexpected or changed, with both definitions. Each run of `migrate` records the catalog that is expected from then on; drift that was there before it stays drift. Accepted differences go into db.config.ts with a reason: `drift: [{ object: 'index bot.idx_x', reason: '…' }]`, where `*` at the end of the object stands for any rest. Exits 2 with differences, or where nothing is recorded to compare with.",
    examples: ['pnpm db drift', 'pnpm db drift --domain bot --json'],
    load: () => import('./commands/drift.ts'),
  },
  {
    name: 'history',
    summary: 'Show what was done to the database: every attempt and its outcome, newest first.',
    description:
      'Prints the journal: each run with its end (finished, failed, cut, going on), each migration that was applied, failed or rolled back, who did it, when, how long it took and by which version of the app.',
    options: (command) => command.option('--limit <n>', 'at most this many entries a domain', '20'),
    examples: ['pnpm db history', 'pnpm db history --domain train --limit 100', 'pnpm db history --json'],
    load: () => import('./commands/history.ts'),
  },
  {
    name: 'locks',
    summary: 'Show who holds or waits for the migration lock, and who holds locks on tables.',
    description:
      'For a migration that waits: the migrator that runs, and the sessions with locks on tables of the domain, oldest transaction first, with their last statement (without its values) and its fingerprint. Takes no lock itself.',
    examples: ['pnpm db locks', 'pnpm db locks --domain bot --json'],
    load: () => import('./commands/locks.ts'),
  },
  {
    name: 'backup',
    summary: 'Write schema, rows and history of each domain into a folder.',
    description:
      'Writes one folder a domain, <out>/<domain>-<time>, with a manifest: checksums, row counts, server version. All of it is of one moment; writers go on, migrators wait. pg_dump writes it where one that is new enough for the server is on PATH or in a local Docker image, else the driver: the migrations that gave the schema, and COPY of every table. The driver refuses what migrations cannot bring back (drift, files of another build, an unfinished run). A folder without .partial in its name is whole. It holds rows in clear: keep it like the database.',
    options: (command) =>
      command
        .option('--out <folder>', 'where the folders go', 'backups')
        .option('--with <tool>', 'pg_dump or driver, instead of choosing')
        .option('--allow-drift', 'driver: leave out what drifted and holds no rows; it is named in the manifest')
        .option('--lock-wait <seconds>', 'how long to wait for a migrator', '60'),
    examples: [
      'pnpm db backup',
      'pnpm db backup --domain bot --out /var/backups/bot',
      'pnpm db backup --domain train --with driver --json',
    ],
    interrupted: {
      changed: 'the unfinished folder, if it is there, ends in .partial; finished ones are whole',
      fix: 'delete it, and run again',
    },
    load: () => import('./commands/backup.ts'),
  },
  {
    name: 'restore',
    args: '<folder>',
    summary: 'Bring a backup back into a database that has nothing of its domain.',
    description:
      'Verifies the checksums first, then builds schema, rows and history in one transaction, compares row counts, catalog and history with the backup, and commits. Whatever fails, nothing is kept. --to names another database: a URL, or a name on the same server; one that is not there is made. A database that has something of the domain, a newer backup than the server, and a backup of another domain are refused. Privileges are granted to the roles that exist; a mark as production is not restored.',
    options: (command) =>
      command
        .option('--to <database>', 'URL or name of the database, instead of the one of the domain')
        .option('--allow-drift', 'finish although the catalog differs from the backup, and name the differences')
        .option('--lock-wait <seconds>', 'how long to wait for a migrator', '60'),
    examples: [
      'pnpm db restore backups/bot-20261121T101500.000Z --to rehearsal',
      'pnpm db restore backups/bot-20261121T101500.000Z',
    ],
    interrupted: { changed: 'nothing was kept: it was all one transaction', fix: 'run it again' },
    load: () => import('./commands/restore.ts'),
  },
  {
    name: 'seed',
    summary: 'Write reference rows; with --demo, a realistic data set.',
    description:
      'Idempotent and deterministic. Reference rows are safe anywhere; --demo is refused on a database marked as production.',
    options: (command) =>
      command
        .option('--demo', 'also fill every table with demo rows')
        .option('--rows <count>', 'demo rows per table, up to 1,000,000', '1000')
        .option('--confirm <database>', 'name the database to seed demo rows into one that is marked as production'),
    examples: ['pnpm db seed', 'pnpm db seed --demo', 'pnpm db seed --demo --rows 100000 --domain train'],
    load: () => import('./commands/seed.ts'),
  },
  {
    name: 'backfill',
    args: '[name]',
    summary: 'Run a data step to its end, or show where the data steps stand.',
    description:
      'Runs one backfill in small batches, each a transaction, beside the application and beside deploys; `migrate` itself runs only those that a migration names. It goes on where an earlier run was cut. The size of batches is steered by the time that they take; it pauses while a standby is too far behind or while somebody waits for a batch, and runs VACUUM between batches where the table grows. Without a name, or with --status, it shows where they stand, and exits 2 where rows are left.',
    options: (command) =>
      command
        .option('--status', 'show where it stands; change nothing')
        .option('--rate <rows>', 'rows a second at most')
        .option('--connections <n>', 'batches at a time, 1 or 2, instead of what the backfill says')
        .option('--keep-going', 'go on behind rows that cannot be changed, and name them at the end')
        .option('--restart', 'begin at the first key although an earlier run came further')
        .option('--max-lag <MB>', 'pause while a standby is further behind; 0: never', '64')
        .option('--lock-wait <seconds>', 'how long to wait for another runner', '5'),
    examples: [
      'pnpm db backfill',
      'pnpm db backfill system-hashes --status',
      'pnpm db backfill system-hashes',
      'pnpm db backfill system-hashes --rate 2000 --connections 1',
      'pnpm db backfill jobs-duration-ms --keep-going --json',
    ],
    load: () => import('./commands/backfill.ts'),
  },
  {
    name: 'doctor',
    summary:
      'Look for what a migration would stumble over: version, pooler, clock, rights, long transactions, INVALID indexes.',
    description:
      'Asks each database once and changes nothing: server version, standby or read-only, TLS, clock, rights to create, declared extensions, search_path, timeouts of the role, free connections, transactions older than a minute, prepared ones, INVALID indexes. A pooler, a refused password and an unreachable server are errors with their fix. Exits 2 where a migration would fail.',
    examples: ['pnpm db doctor', 'pnpm db doctor --domain bot --json'],
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'reset',
    summary: 'Drop everything of a domain on a development database, with its history.',
    description:
      'Drops the schema of each domain that is asked for, with all rows, and takes the domain out of the history, in one transaction. For development only: refused on a database that is marked as production, and on a server that is neither on this machine nor named in DB_RESET_HOSTS. It wants the name of the database, typed on a terminal or by --confirm.',
    options: (command) => command.option('--confirm <database>', 'the name of the database, instead of typing it'),
    examples: ['pnpm db reset --domain bot', 'pnpm db reset --confirm repo'],
    load: () => import('./commands/reset.ts'),
  },
  {
    name: 'mark',
    args: '<what> [name]',
    summary: 'Record what was done by hand: a migration is applied, or is pending; the database is production.',
    description:
      '`mark applied <name>` and `mark pending <name>` change the history and run nothing: for a migration that somebody finished, or took back, by hand. They show first, from a replay on a scratch database, where the catalog does not bear it out, and exit 3; --yes records it. `mark production` shows which databases it is about and exits 3; with --yes it records inside them that they are production: demo seeds, undoing everything and resetting refuse there.',
    options: (command) =>
      command
        .option('--yes', 'record it, after it was shown')
        .option('--scratch-url <url>', 'server for the scratch databases, instead of a local one')
        .option('--lock-wait <seconds>', 'how long to wait for another migrator', '60'),
    examples: [
      'pnpm db mark production',
      'pnpm db mark production --yes',
      'pnpm db mark applied 20261121010203_initial --domain bot',
      'pnpm db mark applied 20261121010203_initial --domain bot --yes',
      'pnpm db mark pending 20261121010203_initial --domain bot',
    ],
    load: () => import('./commands/mark.ts'),
  },
  {
    name: 'repair',
    summary: 'Accept edited files of applied migrations, after showing what the edits mean.',
    description:
      'Lists the applied migrations whose migration.sql or down.sql is not the text that was applied, and compares the catalog that all files now give, replayed on a scratch database, with this one. Exits 3 with something to accept; --yes records the texts of the files. It runs nothing: what the edits would have made otherwise stays as it is, and is named.',
    options: (command) =>
      command
        .option('--yes', 'record the texts of the files, after they were shown')
        .option('--scratch-url <url>', 'server for the scratch databases, instead of a local one')
        .option('--lock-wait <seconds>', 'how long to wait for another migrator', '60'),
    examples: ['pnpm db repair --domain bot', 'pnpm db repair --domain bot --yes'],
    load: () => import('./commands/repair.ts'),
  },
  {
    name: 'adopt',
    summary: 'Bring a database that already runs under a domain, without losing a row.',
    description:
      "Reads the live catalog of --from-schema, compares it object by object with the domain's history, shows what it will do, does it, and proves it. Tables move by SET SCHEMA; the old application goes on through views under the old names and the search path of its roles. Nothing is dropped: what the domain does not declare is kept and recorded, what rows or old writers do not allow yet waits for --finish. Questions with a lossless answer are answered by --yes; others end with exit 3 and are answered in a decisions file: a JSON object of question ids and answers. --rehearse does it on a copy, a clone where nobody else is connected and the role may, else what the catalog says with generated rows on the scratch server: beside writers and readers of the old application, with --finish of the new one, it tells of each part the time, the longest wait, and of each statement locks, rewrites, rows and bytes of the log, as `rehearse`; exits 2 where it fails there or somebody waited longer than --budget-ms. --undo restores what was found, as long as nothing was finished and no later migration applied; rows written since into what adoption made are copied aside. Cut at any moment, it goes on when it is run again.",
    options: (command) =>
      probeOptions(command)
        .option('--from-schema <schema>', 'schema in which the tables lie now', 'public')
        .option('--dry-run', 'show the plan with locks and times; read-only')
        .option(
          '--rehearse',
          'play it, or with --finish that, on a copy beside timed writers and readers; here it only reads',
        )
        .option('--yes', 'do it, with the lossless answer to each question')
        .option('--decisions <file>', 'answers to questions, as a JSON object')
        .option('--keep-in-place', "leave the tables where they are, with views in the domain's schema")
        .option(
          '--source-url <url>',
          "first copy the domain's tables from this database, its own legacy one; --from-schema is there",
        )
        .option('--free-space <GB>', "what is free on our server's disk, where the server cannot be asked")
        .option('--close-source', 'let the tables of the source refuse writes once they are copied')
        .option('--finish', 'tighten what waited, and take the old names away')
        .option('--undo', 'restore names, schema, columns, defaults and search paths as they were found')
        .option('--scratch-url <url>', 'server for the scratch database, instead of a local one')
        .option('--lock-wait <seconds>', 'how long to wait for another migrator', '60'),
    examples: [
      'pnpm db adopt --domain bot --dry-run',
      'pnpm db adopt --domain bot --rehearse --budget-ms 250',
      'pnpm db adopt --domain bot --yes',
      'pnpm db adopt --domain audit --decisions decisions.json --yes',
      'pnpm db adopt --domain audit --finish --yes',
      'pnpm db adopt --domain audit --undo --yes',
      'pnpm db adopt --domain bot --source-url postgresql://bot@old-server/bot --yes',
    ],
    load: () => import('./commands/adopt.ts'),
  },
  {
    name: 'import-history',
    summary: 'Take over what another tool has recorded as applied.',
    description:
      "Reads the ledger of drizzle (0.x and 1.0) or node-pg-migrate and records its migrations as applied; it runs nothing and leaves the other tool's table as it is. Each row must be one of the domain's files: by name, by moment, by hash, or by the words of its name. Files that the other tool passed over are listed. It shows first where the catalog does not bear the claim out, from a replay on a scratch database, and exits 3; --yes records it.",
    options: (command) =>
      command
        .requiredOption('--from <tool>', 'drizzle or node-pg-migrate')
        .option('--table <schema.table>', 'its ledger, where it is not in the usual place')
        .option('--yes', 'record it, after it was shown')
        .option('--scratch-url <url>', 'server for the scratch databases, instead of a local one')
        .option('--lock-wait <seconds>', 'how long to wait for another migrator', '60'),
    examples: [
      'pnpm db import-history --from drizzle --domain bot',
      'pnpm db import-history --from node-pg-migrate --table public.pgmigrations --domain optimizer --yes',
    ],
    load: () => import('./commands/import-history.ts'),
  },
  {
    name: 'roles',
    args: '<what>',
    summary: 'Make the roles: owner, migrator, and for each domain app, worker and read-only.',
    description:
      '`roles apply` makes the roles that db.config.ts names, gives the owner every schema with all that is in it, grants each role what it needs and takes away what it has beyond that, also on tables to come. It shows the statements and exits 3; --yes runs them in one transaction. Passwords are yours to set: `ALTER ROLE bot_app PASSWORD …`. Run it again after the first migrate of a domain. It never drops a role.',
    options: (command) => command.option('--yes', 'run the statements, after they were shown'),
    examples: ['pnpm db roles apply', 'pnpm db roles apply --domain bot --yes'],
    load: () => import('./commands/roles.ts'),
  },
  {
    name: 'diff',
    args: '<from> <to>',
    summary: 'Compare the schemas of two databases, in words and as SQL.',
    description:
      'Reads both catalogs and prints what only one of them has or what differs, then the SQL that makes <from> as <to>; it runs nothing. Owners, privileges and the order of columns are not compared. <from> and <to> are URLs, or names of variables that hold one. Exits 2 where they differ.',
    options: (command) =>
      command
        .option(
          '--schema <name>',
          "a schema to compare, instead of the domains'; repeatable",
          (name: string, all: string[] = []) => [...all, name],
        )
        .option('--sql', 'print only the SQL'),
    offline: true,
    examples: [
      'pnpm db diff STAGING_URL PRODUCTION_URL',
      'pnpm --silent db diff "$DATABASE_URL" postgres://…/other --domain bot --sql > change.sql',
    ],
    load: () => import('./commands/diff.ts'),
  },
  {
    name: 'squash',
    summary: 'Replace the oldest migrations of a domain by one baseline that is proven equal.',
    description:
      'Replays the migrations, and writes from the catalog one migration that gives the same: tables whole, reference rows included. On PostgreSQL 15 and 18 it runs both ways and compares catalogs, order of columns, rows and counters, and that the down leaves nothing. It shows the baseline and exits 3; --yes writes it and deletes the folders that it replaces. Its header names them with their checksums: a database that has all of them counts the baseline as applied, an empty one runs it, and one that has some of them is refused until a build from before the squash has finished them.',
    options: (command) =>
      command
        .option('--to <name>', 'the newest migration to replace; the newest of all unless said')
        .option('--yes', 'write it, after it was shown')
        .option(
          '--scratch-url <url>',
          'server for the proof, instead of local ones of 15 and 18; repeatable',
          (url: string, all: string[] = []) => [...all, url],
        ),
    offline: true,
    examples: [
      'pnpm db squash --domain train',
      'pnpm db squash --domain train --to 20261121012945_deletable_requests --yes',
    ],
    interrupted: { changed: 'nothing was written', fix: 'run it again' },
    load: () => import('./commands/squash.ts'),
  },
  {
    name: 'script',
    summary: 'Print the whole history, or what is pending, as one SQL file for psql.',
    description:
      'Prints SQL that creates every domain in an empty database, history rows included: for /docker-entrypoint-initdb.d, or for psql with ON_ERROR_STOP. With --pending it asks the database, refuses what migrate would refuse, and prints only what is pending there: for a person who runs SQL by hand, as often as he likes, also after it was cut. The engine then agrees that it is applied.',
    options: (command) =>
      command
        .option('--pending', 'only what is pending in the database of DIRECT_URL or DATABASE_URL')
        .option('--out <file>', 'write to this file instead of stdout'),
    examples: [
      'pnpm db script --out packages/db/initdb/10-schema.sql',
      'pnpm --silent db script | psql -v ON_ERROR_STOP=1 "$DATABASE_URL"',
      'pnpm db script --pending --out pending.sql',
    ],
    load: () => import('./commands/script.ts'),
  },
  {
    name: 'studio',
    summary: "Look at a domain's rows in drizzle's Studio.",
    description:
      "Starts drizzle-kit's Studio on this machine and prints the address to open; the page itself comes from drizzle's site. It can change rows: refused on a database that is marked as production, unless that is named.",
    options: (command) =>
      command
        .option('--port <number>', 'where Studio listens', '4983')
        .option('--host <address>', 'the address it listens on', '127.0.0.1')
        .option('--confirm <database>', 'name the database to open one that is marked as production'),
    examples: ['pnpm db studio --domain bot'],
    load: () => import('./commands/studio.ts'),
  },
  {
    name: 'completion',
    args: '<shell>',
    summary: 'Print a completion script for bash, zsh or fish.',
    description:
      'Completes commands, flags and domains of a command that is called `db`: make one by `alias db="pnpm --silent db"`.',
    offline: true,
    examples: [
      'source <(pnpm --silent db completion bash)',
      'pnpm --silent db completion fish > ~/.config/fish/completions/db.fish',
    ],
    load: () => import('./commands/completion.ts'),
  },
  {
    name: 'docs',
    summary: 'Write the pages of the schemas from the catalog, and docs/cli.md and docs/errors.md from the code.',
    description:
      "Writes a page for each domain into the folder that the configuration names (generated.schema): an entity diagram in Mermaid's language, and what each table and view is, by the comments in the schema's source or by COMMENT ON. The catalog is what the migrations give on a scratch server. A page's first line seals it: whether a migration, a comment or the page was changed since can be told without a server, and only such pages are made anew. `check` tells, too.",
    offline: true,
    options: (command) =>
      command
        .option('--out <folder>', 'where cli.md and errors.md are written', 'docs')
        .option('--check', 'write nothing; exit 2 when a page is out of date')
        .option('--force', 'make every page from its catalog, whatever its seal says')
        .option('--scratch-url <url>', 'server for the scratch databases, instead of a local one'),
    examples: ['pnpm db docs', 'pnpm db docs --check'],
    load: () => import('./commands/docs.ts'),
  },
];

/** Options of what is done on a copy beside a probe. */
function probeOptions(command: Command): Command {
  return command
    .option(
      '--budget-ms <ms>',
      'longest wait that is allowed in a rehearsal; or twice the longest without what is rehearsed',
    )
    .option('--format <format>', 'of a rehearsal: text, or markdown for a pull request', 'text')
    .option('--rate <number>', 'updates, and reads, of the probe a second on each table', '50')
    .option('--tables <number>', 'how many tables are probed at most, the largest first', '8')
    .option('--control <seconds>', 'how long the probe runs alone before', '2')
    .option('--rows <number>', 'rows of the largest table, where they are generated', '20000')
    .option('--stats-url <url>', 'database whose row counts and NULLs the generated rows follow; only read');
}
