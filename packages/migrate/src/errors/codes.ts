/** Exit codes of every command (docs/cli.md). */
export const EXIT = {
  ok: 0,
  failed: 1,
  no: 2,
  decision: 3,
  refused: 4,
  locked: 5,
  usage: 64,
  unreachable: 69,
  bug: 70,
  interrupted: 130,
} as const;

interface ErrorEntry {
  readonly exit: number;
  /** What happened, in one line. */
  readonly means: string;
  /** What the reader does next. */
  readonly fix: string;
}

const entry = (exit: number, means: string, fix: string): ErrorEntry => ({ exit, means, fix });

/** Every error that the engine can end with. Codes are never reused or renamed; docs/errors.md is printed from this table. */
export const ERRORS = {
  DB_USAGE: entry(EXIT.usage, 'the command line is not understood', 'read `pnpm db <command> --help`'),
  DB_CONFIG: entry(EXIT.usage, 'the configuration file cannot be loaded or is wrong', 'correct the file that is named'),
  DB_DEVELOPMENT_ONLY: entry(
    EXIT.usage,
    'the command needs development dependencies that are not here',
    'run it in the repository, with everything installed, and not from the bundle',
  ),
  DB_IO: entry(EXIT.usage, 'a file or folder cannot be read or written', 'check the path and its permissions'),
  DB_URL_MISSING: entry(
    EXIT.usage,
    'no connection URL is set for a domain',
    'set DATABASE_URL in the environment or in .env',
  ),
  DB_URL_INVALID: entry(
    EXIT.usage,
    'a connection URL cannot be parsed',
    'write postgresql://user:password@host:5432/database',
  ),
  DB_UNREACHABLE: entry(
    EXIT.unreachable,
    'no server answers at that address',
    'check host and port, and that the server runs',
  ),
  DB_AUTH: entry(EXIT.unreachable, 'the server refused the user or the password', 'check user and password in the URL'),
  DB_NO_DATABASE: entry(EXIT.unreachable, 'the server has no database of that name', 'create it, or correct the URL'),
  DB_FULL: entry(
    EXIT.unreachable,
    'the server takes no more connections',
    'close idle clients or raise max_connections',
  ),
  DB_NOT_READY: entry(EXIT.unreachable, 'the server is starting up or shutting down', 'wait a moment and run again'),
  DB_TLS: entry(EXIT.unreachable, 'the TLS connection failed', 'check sslmode and the certificate authority'),
  DB_CONNECTION_LOST: entry(
    EXIT.failed,
    'the connection broke during the run',
    'run again: what was committed is recorded',
  ),
  DB_READ_ONLY: entry(
    EXIT.refused,
    'the server is read-only (a standby?)',
    'use the primary in DIRECT_URL or DATABASE_URL; `pnpm db doctor` tells a standby from a setting',
  ),
  DB_DISK_FULL: entry(EXIT.failed, 'the server has no disk space left', 'free or add space, then run again'),
  DB_POOLER: entry(EXIT.refused, 'the URL leads to a transaction-mode pooler', 'set DIRECT_URL to the server itself'),
  DB_PRIVILEGE: entry(EXIT.refused, 'the role lacks a privilege', 'run the GRANT that the message names as the owner'),
  DB_MIGRATOR_BUSY: entry(
    EXIT.locked,
    'another migrator holds the lock of this domain',
    'let it finish, then run again',
  ),
  DB_LOCK_TIMEOUT: entry(
    EXIT.locked,
    'a lock on a table was not obtained within the budget',
    'wait for the blocker that is named, then run again',
  ),
  DB_HISTORY_FOREIGN: entry(
    EXIT.refused,
    'schema "migrations" belongs to another tool',
    'move that schema away, or adopt its history',
  ),
  DB_HISTORY_NEWER: entry(EXIT.refused, 'the history tables were made by a newer engine', 'use the newer build'),
  DB_FOLDER_MISSING: entry(
    EXIT.refused,
    'the folder of a history is not there',
    'check the path in db.config.ts; ship the folder with the image',
  ),
  DB_FILE_NAME: entry(
    EXIT.refused,
    'a migration folder has a wrong name',
    'name it <14 digits>_<slug>, at most 63 bytes',
  ),
  DB_FILE_PURPOSE: entry(
    EXIT.refused,
    'a pending migration still has the placeholder for its purpose',
    'write what changes and why after `Purpose:`; once it is applied, that would be an edit',
  ),
  DB_FILE_EMPTY: entry(EXIT.refused, 'a migration has no statement', 'write a statement or delete the folder'),
  DB_REBASE: entry(
    EXIT.refused,
    'the migrations of this branch do not fit behind those of the base branch',
    'delete the folder that is named, keep what you wrote by hand, and run `pnpm db generate` again',
  ),
  DB_REBASE_APPLIED: entry(
    EXIT.refused,
    'a database has applied a migration that would get another name',
    'undo it there first, or leave it as it is',
  ),
  DB_FILE_SNAPSHOT: entry(
    EXIT.refused,
    'a snapshot.json cannot be read',
    'restore it from version control, or delete its folder and generate the migration again',
  ),
  DB_FILE_LARGE: entry(
    EXIT.refused,
    'a migration file is larger than 10 MB',
    'move rows to a backfill or load them by COPY',
  ),
  DB_FILE_ENCODING: entry(EXIT.refused, 'a migration file is not UTF-8 text', 'save it as UTF-8'),
  DB_FILE_COPY: entry(
    EXIT.refused,
    'COPY … FROM STDIN has no input here',
    'use INSERT, or load the rows outside a migration',
  ),
  DB_FILE_HEADER: entry(
    EXIT.refused,
    'a `-- db:` header word is not known or not complete',
    'use one of the words in docs/migration-files.md',
  ),
  DB_FILE_SYNTAX: entry(EXIT.refused, 'a migration is not valid SQL', 'correct the statement that is shown'),
  DB_FILE_MIXED: entry(
    EXIT.refused,
    'a statement cannot run inside a transaction',
    'put it into a migration with the header `-- db: no-transaction`',
  ),
  DB_FILE_COMMIT: entry(
    EXIT.refused,
    'a migration controls transactions itself',
    'remove BEGIN, COMMIT and ROLLBACK: the engine does that',
  ),
  DB_FILE_UNNAMED: entry(
    EXIT.refused,
    'an index that is built concurrently has no name',
    'name it: after an interruption the engine finds it by that name',
  ),
  DB_FILE_BATCHES: entry(
    EXIT.refused,
    'an UPDATE cannot run in batches',
    'write it as docs/migration-files.md says: no FROM, and a WHERE that is false for what is done',
  ),
  DB_MIGRATION_EDITED: entry(
    EXIT.refused,
    'an applied migration was edited',
    'restore the file, and write a new migration; or accept the edit: `pnpm db repair`',
  ),
  DB_MIGRATION_MISSING: entry(
    EXIT.refused,
    'the file of an applied migration is missing',
    'restore the folder from version control; where it was undone by hand: `pnpm db mark pending <name>`',
  ),
  DB_MIGRATION_FORKED: entry(
    EXIT.refused,
    'the database has migrations of a newer build, and this build has pending ones',
    'merge the branches, deploy the newer build',
  ),
  DB_MIGRATION_OVERLAP: entry(
    EXIT.decision,
    'a late migration touches what a newer applied one touches',
    'read both; give the late one a newer timestamp, or apply it with --allow-late <name>',
  ),
  DB_BASELINE: entry(
    EXIT.refused,
    'a baseline stands for migrations that are there in part, in the database or in the folder',
    'do what the message says; docs/runbooks/squashed-history.md',
  ),
  DB_SQUASH: entry(
    EXIT.failed,
    'no baseline that gives the same catalog and rows could be made; nothing was written',
    'see the message; squash up to an older migration: `--to <name>`',
  ),
  DB_CONTRACT_HELD: entry(
    EXIT.refused,
    'a contract migration waits for older builds to end, and a later migration touches the same',
    'end the builds that are named, then run again; or let it go: --allow-contract <name>',
  ),
  DB_CONTRACT_USED: entry(
    EXIT.no,
    'code still names what a contract migration takes away',
    'remove the uses that are named, and deploy that first',
  ),
  DB_MIGRATION_UNKNOWN: entry(EXIT.usage, 'no migration has that name', 'see `pnpm db status`'),
  DB_DATA: entry(
    EXIT.refused,
    'rows are in the way of a pending migration',
    'repair or delete the rows that are counted, then run again',
  ),
  DB_STATEMENT: entry(
    EXIT.failed,
    'a statement of a migration failed',
    'correct the file; nothing of its transaction was kept',
  ),
  DB_STEP: entry(
    EXIT.failed,
    'a statement of a no-transaction migration failed',
    'remove the cause and run again: finished statements are not repeated',
  ),
  DB_STEP_EDITED: entry(
    EXIT.refused,
    'a half-done no-transaction migration was edited',
    'restore the text it began with, let it finish, and write a new migration',
  ),
  DB_HALF_DONE: entry(
    EXIT.refused,
    'a no-transaction migration, or its rollback, was cut and is not finished',
    'finish it: run `pnpm db rollback --domain <name> --steps 1` again; where its file is gone: `pnpm db mark pending <name>`',
  ),
  DB_DOWN_ALONE: entry(
    EXIT.refused,
    'a down.sql has no migration.sql beside it',
    'restore migration.sql from version control, or delete the folder',
  ),
  DB_DOWN_MISSING: entry(
    EXIT.refused,
    'a migration that is to be undone has no down',
    'write its down.sql beside the unchanged migration.sql, and run again; or write a new migration that undoes it',
  ),
  DB_DOWN_DIFFERS: entry(
    EXIT.refused,
    'the down.sql of a file is not the one that was stored when the migration was applied',
    "restore down.sql from version control, for the stored text is what runs; or store the file's: `pnpm db repair`",
  ),
  DB_IRREVERSIBLE: entry(
    EXIT.refused,
    'a migration that is to be undone is marked as irreversible',
    'write a new migration, or restore a backup',
  ),
  DB_DOWN_STATEMENT: entry(
    EXIT.failed,
    'a statement of a down failed',
    'remove the cause and run again; or write a new migration that undoes it',
  ),
  DB_ROLLBACK_STALE: entry(
    EXIT.refused,
    'the history changed between the look at it and the rollback',
    'look at `pnpm db status` and run again',
  ),
  DB_BACKFILL_UNKNOWN: entry(
    EXIT.refused,
    'no backfill of that name is declared',
    'declare it in the domain, or correct the name: `pnpm db backfill` lists them',
  ),
  DB_BACKFILL: entry(
    EXIT.failed,
    'a backfill failed or left rows over',
    'see the message; run again: it goes on where it stopped',
  ),
  DB_BACKFILL_ROW: entry(
    EXIT.failed,
    'a backfill cannot change a row',
    'mend the row that is named and run again; `--keep-going` does the others first',
  ),
  DB_BACKFILL_EDITED: entry(
    EXIT.refused,
    'a backfill was edited since it began',
    'restore its statements and let it finish; or begin at the first key with the new ones: `--restart`',
  ),
  DB_BACKFILL_BUSY: entry(
    EXIT.locked,
    'another runner is at this backfill',
    'let it finish; `pnpm db backfill` shows it',
  ),
  DB_BACKFILL_LEFT: entry(EXIT.no, 'a backfill has rows left to change', 'run `pnpm db backfill <name>`'),
  DB_HOOK: entry(
    EXIT.refused,
    'the hook beforeMigrate of db.config.ts failed; nothing was changed',
    'mend the hook, then run again',
  ),
  DB_HOOK_AFTER: entry(
    EXIT.failed,
    'the hook afterMigrate of db.config.ts failed; the migrations are applied',
    'mend the hook, and do by hand what it left undone: with nothing pending it is not called again',
  ),
  DB_PENDING: entry(EXIT.no, 'the database is not at the head of its history', 'run `pnpm db migrate`'),
  DB_AHEAD: entry(EXIT.no, 'the database is newer than this build', 'deploy the build that migrated it'),
  DB_NOT_READY_SCHEMA: entry(
    EXIT.no,
    'declared tables or reference rows are missing',
    'run `pnpm db migrate`, then `pnpm db seed`; `pnpm db drift` shows what else differs',
  ),
  DB_DRIFT: entry(
    EXIT.no,
    'the live catalog differs from what the applied migrations gave',
    'look at `pnpm db drift`; write a migration for what shall stay, undo the rest, or allow it with a reason in db.config.ts',
  ),
  DB_NOT_RECORDED: entry(
    EXIT.no,
    'the catalog that the applied migrations gave is not recorded',
    'run `pnpm db migrate`: it records it, also with nothing pending',
  ),
  DB_DIFFERENT: entry(
    EXIT.no,
    'two databases have different catalogs',
    'see what differs; `--sql` prints what would make the first as the second',
  ),
  DB_FINDINGS: entry(EXIT.no, 'the check has findings', 'mend each finding that is listed'),
  DB_DECISION: entry(
    EXIT.decision,
    'the generator needs a decision (renamed or new?)',
    'for a rename note `// was: <old name>` beside the column, or answer in a file and pass --hints <file>',
  ),
  DB_GENERATE: entry(
    EXIT.failed,
    'the generator failed; nothing was written',
    'correct the schema as the message says',
  ),
  DB_SCRATCH: entry(
    EXIT.unreachable,
    'no server for the scratch databases could be had',
    'do what the message says, or pass --scratch-url',
  ),
  DB_BACKUP_EMPTY: entry(
    EXIT.no,
    'there is nothing to back up: no migration of the domain is applied',
    'check the URL; `pnpm db status` shows what is applied',
  ),
  DB_BACKUP_TOOL: entry(
    EXIT.failed,
    'pg_dump or pg_restore is missing, too old, or failed',
    'do what its message says, or back up with the driver: --with driver',
  ),
  DB_BACKUP_REPLAY: entry(
    EXIT.refused,
    'the migrations cannot be run in one transaction, so no backup can be made of them',
    'back up with pg_dump: --with pg_dump',
  ),
  DB_BACKUP_DISK_FULL: entry(
    EXIT.failed,
    'the disk of the backup is full',
    'free space, or write elsewhere with --out; the database was not touched',
  ),
  DB_BACKUP_MANIFEST: entry(
    EXIT.refused,
    'a folder is no finished backup, or of another format',
    'name the folder that `pnpm db backup` printed; one that ends in .partial was never finished',
  ),
  DB_BACKUP_DAMAGED: entry(
    EXIT.refused,
    'a file of a backup is missing, cut or changed',
    'copy the backup again, or use an older one',
  ),
  DB_BACKUP_DOMAIN: entry(EXIT.refused, 'the backup is of another domain', 'name its domain: --domain <name>'),
  DB_BACKUP_SERVER: entry(
    EXIT.refused,
    'the backup is of a newer PostgreSQL than the server',
    'restore into a server of that major version or newer',
  ),
  DB_RESTORE_NOT_EMPTY: entry(
    EXIT.refused,
    'the database has something of the domain already',
    'restore into a new database: --to <name>',
  ),
  DB_RESTORE: entry(
    EXIT.failed,
    'the server refused a part of the backup',
    'remove the cause that the message names, then run again',
  ),
  DB_RESTORE_DIFFERS: entry(
    EXIT.failed,
    'what was restored is not what was backed up',
    'report the message; an older backup may be good',
  ),
  DB_REHEARSAL: entry(
    EXIT.no,
    'a migration failed on the copy of the database',
    'do what its own error says; the database itself was not touched',
  ),
  DB_OVER_BUDGET: entry(
    EXIT.no,
    'in a rehearsal somebody waited longer than the budget',
    'see which statement held the lock; write it in a form that blocks nobody, or raise --budget-ms',
  ),
  DB_CONSOLIDATE_NEWER: entry(
    EXIT.refused,
    'the database that is to be copied is of a newer PostgreSQL than ours',
    'upgrade our server first',
  ),
  DB_CONSOLIDATE_DOMAIN: entry(
    EXIT.refused,
    "the database that is to be copied does not hold the domain's tables",
    'check --source-url and --domain; where the tables lie in another schema: --from-schema <name>',
  ),
  DB_CONSOLIDATE_NOT_EMPTY: entry(
    EXIT.refused,
    'our database has rows of the domain already, or another copy',
    'keep what is there, or empty it yourself: nothing is written over',
  ),
  DB_CONSOLIDATE_SPACE: entry(
    EXIT.refused,
    "our server's disk has no room for the copy",
    'make room; where the figure is wrong, say it: --free-space <GB>',
  ),
  DB_CONSOLIDATE_DIFFERS: entry(
    EXIT.failed,
    'a copied table does not hold the rows of its source',
    'run again; if it differs again, report the message',
  ),
  DB_MARK: entry(EXIT.refused, 'a migration cannot be marked so', 'do what the message says'),
  DB_RESET: entry(
    EXIT.refused,
    'reset is for development databases that somebody has named',
    'do what the message says',
  ),
  DB_LEDGER: entry(
    EXIT.refused,
    "another tool's record of applied migrations cannot be taken over",
    'give each row its migration file, or name the right table with --table',
  ),
  DB_ADOPT_DECISION: entry(
    EXIT.decision,
    'adoption has questions that only somebody who knows the database can answer',
    'answer them in a JSON file, { "<id>": "<answer>" }, and pass --decisions <file>',
  ),
  DB_ADOPT_NOTHING: entry(
    EXIT.refused,
    'the schema holds none of the tables that the domain declares',
    'name the schema in which they lie: --from-schema <schema>; an empty database needs `pnpm db migrate`',
  ),
  DB_ADOPT_STATE: entry(
    EXIT.refused,
    'the domain is not in a state in which this can be done',
    'do what the message says',
  ),
  DB_ADOPT: entry(
    EXIT.failed,
    'a statement of an adoption failed',
    'remove the cause that the message names and run again: what is done is recorded; or `pnpm db adopt --undo`',
  ),
  DB_ADOPT_PROOF: entry(
    EXIT.failed,
    'after an adoption the database is not what was planned, or rows are not what they were',
    'look at the differences; `pnpm db adopt --undo` restores what was found',
  ),
  DB_ROLE: entry(
    EXIT.refused,
    'a role of that name is there, with rights that ours must not have',
    'do what the message says',
  ),
  DB_CONFIRM: entry(
    EXIT.decision,
    'shown, not done: it waits for a yes',
    'read what is shown, then run it again with --yes',
  ),
  DB_PRODUCTION: entry(
    EXIT.refused,
    'the database is marked as production',
    'use another database, or --confirm <database name>',
  ),
  DB_INTERRUPTED: entry(EXIT.interrupted, 'interrupted', 'run again: what was committed is recorded'),
  DB_BUG: entry(EXIT.bug, 'a bug of ours', 'report the message and the stack'),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;
