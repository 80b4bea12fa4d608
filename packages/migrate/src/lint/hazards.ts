/** What the linters of the field look for, merged into one numbered list; docs/lint.md says of each what became of it here. */
export interface Hazard {
  readonly number: number;
  readonly hazard: string;
  /** Why there is no rule for it, or what stands in its place. Absent: rules name its number. */
  readonly instead?: string;
}

const TITLES: readonly string[] = [
  'index not built concurrently',
  'index not dropped concurrently',
  'REINDEX not concurrently',
  'CONCURRENTLY inside a transaction',
  'index dropped that queries need',
  'index on a partitioned parent',
  'index over more than three columns',
  'column with an inline reference (an index and a key by the way)',
  'foreign key without an index',
  'foreign key validated at once',
  'check validated at once',
  'unique constraint inline',
  'unique on existing rows',
  'exclusion constraint',
  'primary key added',
  'primary key over nullable columns, or replaced',
  'SET NOT NULL',
  'DROP NOT NULL',
  'constraint dropped',
  'domain with a constraint',
  'NOT NULL column without default',
  'volatile default',
  'stored generated column',
  'serial or identity on an existing table',
  'type change',
  'collation change',
  'column dropped',
  'column renamed',
  'table or schema renamed',
  'json column',
  'char(n), varchar(n), timestamp, integer keys, serial',
  'column alignment',
  'column assigned twice',
  'table dropped',
  'schema or database dropped',
  'table dropped and made again',
  'TRUNCATE, and with CASCADE',
  'VACUUM FULL, CLUSTER',
  'SET LOGGED, SET UNLOGGED, access method',
  'trigger on an existing table',
  'replica identity; table without a primary key',
  'autovacuum off',
  'DETACH PARTITION not concurrently',
  'function body names what is gone',
  'extension updated',
  'row-level security, policy or grant changed',
  'load of ANALYZE',
  'sequence dropped or restarted',
  'name without schema',
  'name over 63 bytes',
  'naming, and who owns a table',
  'dynamic SQL in PL/pgSQL',
  'enum value without BEFORE or AFTER',
  'enum value renamed, enum made',
  'no lock_timeout',
  'work behind a strong lock',
  'several rewrites of one table',
  'nested or unfinished transaction',
  'backfill in the transaction of the DDL',
  'SQL that cannot be judged',
  'not re-runnable (IF NOT EXISTS)',
  'history that is not linear; unused ignore',
  'CREATE INDEX CONCURRENTLY IF NOT EXISTS over an INVALID index',
  'enum value used in the transaction that adds it',
  'ATTACH without a matching check; default partition searched',
  'triggers disabled',
  'UPDATE or DELETE of everything at once',
  'index of a constraint dropped',
  'row-level security without a policy; SECURITY DEFINER without search_path',
  'REFRESH not concurrently, LOCK TABLE, SET TABLESPACE',
  'key near its limit, disk space, replica lag, ANALYZE after a backfill',
  'application_name and idle-transaction timeout missing',
];

const INSTEAD: Readonly<Record<number, string>> = {
  32: 'decided against: a few bytes a row are not worth columns in an order that nobody can read; `db lint` is about harm',
  47: 'decided against: ANALYZE samples, takes a lock that stops no reader or writer, and a migration that leaves it out is the greater harm',
  53: 'decided against: without BEFORE or AFTER a value comes last, which is what the generator means when it writes that',
  61: 'decided against: the journal makes every file re-runnable; IF NOT EXISTS takes a wrong object for the right one',
  71: 'for key limits LINT_INTEGER_KEY; the rest is known only of a live database: backfills watch lag and growth, `db doctor` looks at the server',
  72: 'decided otherwise: the engine names each of its sessions, and the server ends one whose process is gone (client_connection_check_interval)',
};

/** Numbered from 1. */
export const HAZARDS: readonly Hazard[] = TITLES.map((hazard, at) => {
  const instead = INSTEAD[at + 1];
  return { number: at + 1, hazard, ...(instead === undefined ? {} : { instead }) };
});

/** What else holds for a hazard that has a rule. */
export const BESIDE: Readonly<Record<number, string>> = {
  13: 'for files that something else runs; `db migrate` asks the rows before it begins',
  55: 'for files that something else runs; the engine sets it for every lock',
  62: 'LINT_UNUSED_ALLOW; forks and late files are found by `db check`',
};
