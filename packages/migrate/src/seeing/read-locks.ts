import type { Session } from '../connect/session.ts';
import { lockName } from '../lock/try-lock.ts';
import { loadGrammar } from '../sql/parse.ts';
import { type QueryShape, withoutValues } from '../sql/without-values.ts';

/** A session that holds one of the engine's locks, or asks for it again and again. */
export interface EngineLock {
  /** `domain`: migrations of this domain. `history`: the creation of the history tables. */
  readonly lock: 'domain' | 'history';
  readonly state: 'holds' | 'waits';
  readonly pid: number;
  readonly application: string;
  readonly user: string;
  /** Start of its session. NULL: this role may not see it. */
  readonly since: Date | null;
}

/** A session that holds or waits for locks on tables of the domain, and would stand in the way of a migration. */
export interface TableLocks extends QueryShape {
  readonly pid: number;
  readonly application: string;
  readonly user: string;
  /** `active`, `idle in transaction`, … NULL: this role may not see it. */
  readonly state: string | null;
  /** Age of its transaction in milliseconds. NULL: this role may not see it. */
  readonly ageMs: number | null;
  /** Each as `schema.table (mode)`, with `, waiting` where it is not granted. */
  readonly tables: readonly string[];
  /** Sessions that it waits for. */
  readonly blockedBy: readonly number[];
}

/** Who holds or waits for the lock of a domain's migrations. Migrators do not queue but ask again and again, so those that wait are
 *  told by what they last asked. */
export async function readEngineLocks({ sql }: Session, domain: string): Promise<readonly EngineLock[]> {
  return await sql<EngineLock[]>`
    WITH wanted AS (
      SELECT 'domain' AS lock, hashtextextended(${lockName.domain(domain)}, 0) AS key
      UNION ALL SELECT 'history', hashtextextended(${lockName.history}, 0)),
    held AS (
      SELECT w.lock, l.pid FROM wanted w JOIN pg_locks l ON l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND ((l.classid::bigint << 32) | l.objid::bigint) = w.key)
    SELECT h.lock, 'holds' AS state, a.pid, a.application_name AS application, coalesce(a.usename, '') AS "user", a.backend_start AS since
    FROM held h JOIN pg_stat_activity a USING (pid)
    UNION ALL
    SELECT 'domain', 'waits', a.pid, a.application_name, coalesce(a.usename, ''), a.backend_start
    FROM pg_stat_activity a
    WHERE a.datname = current_database() AND a.query LIKE '%pg_try_advisory_lock(hashtextextended(%' AND a.pid <> pg_backend_pid()
      AND a.application_name LIKE 'db %' AND right(a.application_name, length(${domain}) + 1) = ' ' || ${domain}
      AND NOT EXISTS (SELECT FROM held h WHERE h.pid = a.pid AND h.lock = 'domain')
    ORDER BY state, since`;
}

type Row = Omit<TableLocks, keyof QueryShape> & { readonly query: string };

/** Sessions with locks on tables, views and indexes of a schema, oldest transaction first, at most 50; their statements without values. */
export async function readTableLocks({ sql }: Session, schema: string): Promise<readonly TableLocks[]> {
  await loadGrammar();
  const rows = await sql<Row[]>`
    WITH locks AS (
      SELECT l.pid, array_to_json(array_agg(format('%I.%I (%s%s)', n.nspname, c.relname, l.mode, CASE WHEN l.granted THEN '' ELSE ', waiting' END)
        ORDER BY c.relname, l.mode)) AS tables
      FROM pg_locks l JOIN pg_class c ON c.oid = l.relation AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND n.nspname = ${schema} AND l.pid <> pg_backend_pid()
      GROUP BY l.pid)
    SELECT l.pid, a.application_name AS application, coalesce(a.usename, '') AS "user", a.state,
      (extract(epoch FROM clock_timestamp() - a.xact_start) * 1000)::bigint::float8 AS "ageMs", l.tables,
      array_to_json(pg_blocking_pids(l.pid)) AS "blockedBy", coalesce(a.query, '') AS query
    FROM locks l JOIN pg_stat_activity a USING (pid) ORDER BY a.xact_start NULLS LAST LIMIT 50`;
  return rows.map((row) => ({ ...row, ...withoutValues(row.query) }));
}
