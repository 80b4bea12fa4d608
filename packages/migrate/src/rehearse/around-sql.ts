/** Columns by which the answers are told from rows of the migration itself. */
export const ASKED = '@repo/migrate: asked';

export interface LockRow {
  readonly oid: number;
  /** `schema.name`, quoted where it must be. */
  readonly relation: string;
  /** As pg_locks writes it. */
  readonly mode: string;
  readonly file: number;
  readonly changed: number;
  readonly read: number;
}

/** One answer; `ms` is the server's clock, `wal` its position in the log in bytes. */
export type Answer =
  | { readonly [ASKED]: 'ended' | 'begins'; readonly number: number; readonly ms: number; readonly wal: number }
  | { readonly [ASKED]: 'locks'; readonly number: number; readonly locks: readonly LockRow[] | null };

const CLOCK = 'extract(epoch FROM pg_catalog.clock_timestamp())::float8 * 1000';
const WAL = "pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::float8";

/** Asks, within a transaction, when the statement before ended, which locks are held and what was done by now, and when the next
 *  one begins. It only reads, and takes no lock beyond the catalogs'. */
export function aroundSql(number: number): string {
  return [moment('ended', number), locks(number), moment('begins', number)].join(';\n');
}

/** Clock and position of the log, as numbers. */
export const MOMENT_SQL = `SELECT ${CLOCK} AS ms, ${WAL} AS wal`;

function moment(asked: 'ended' | 'begins', number: number): string {
  return `SELECT '${asked}' AS "${ASKED}", ${number} AS number, ${CLOCK} AS ms, ${WAL} AS wal`;
}

/** Tables, views and their like that this transaction has locked; ours and the system's apart. */
const RELATIONS = `
  FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE l.locktype = 'relation' AND l.granted AND c.relkind IN ('r', 'p', 'm', 'v')
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'migrations')
    AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())`;

const NAME = `pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)`;

function locks(number: number): string {
  return `SELECT 'locks' AS "${ASKED}", ${number} AS number, pg_catalog.json_agg(held) AS locks FROM (
  SELECT c.oid::int8 AS oid, ${NAME} AS relation, l.mode, c.relfilenode::int8 AS file,
    pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid) + pg_catalog.pg_stat_get_xact_tuples_updated(c.oid)
      + pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid) AS changed,
    pg_catalog.pg_stat_get_xact_tuples_returned(c.oid) AS read
  ${RELATIONS} AND l.pid = pg_catalog.pg_backend_pid()) held`;
}

/** Locks that another session holds at this moment. */
export const LOCKS_OF_SQL = `SELECT DISTINCT ${NAME} AS relation, l.mode, c.oid::int8::float8 AS oid ${RELATIONS} AND l.pid = $1`;

/** Every table and materialized view with the number of its file: another number later is a rewrite. */
export const FILES_SQL = `
  SELECT c.oid::int8::float8 AS oid, ${NAME} AS relation, c.relfilenode::int8::float8 AS file
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'm', 'v') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'migrations')`;
