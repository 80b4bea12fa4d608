import { toDbError } from '../errors/index.ts';
import type { Connection, Rows, Runner } from '../query/runner.ts';
import type { TransactionScope } from './scope.ts';

/** What identifies a transaction, taken just before its COMMIT. */
export interface TransactionNote {
  /** undefined: it wrote nothing, so it has none. */
  readonly xid: string | undefined;
  /** Changes when the server crashes or another takes its place; then the id may have been given to another transaction. */
  readonly server: string;
}

/** `gone`: it was not committed and never will be. `unsettled`: ask again. `unknown`: nobody can tell. */
export type CommitStatus = 'committed' | 'gone' | 'unsettled' | 'unknown';

/** A promotion begins a new timeline; a crash discards the statistics, which dates them anew. */
const SERVER = `substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) || ' ' || coalesce((SELECT extract(epoch FROM stats_reset) FROM pg_stat_bgwriter)::text, '')`;

const NOTE = `SELECT pg_current_xact_id_if_assigned()::text AS xid, CASE WHEN pg_is_in_recovery() THEN '' ELSE ${SERVER} END AS server`;

const ASK = `SELECT CASE WHEN pg_is_in_recovery() THEN '' ELSE ${SERVER} END AS server,
  CASE WHEN pg_is_in_recovery() THEN 'in progress' ELSE pg_xact_status($1::xid8) END AS status`;

/** The note of the running transaction: one round trip. */
export async function noteTransaction(
  runner: Runner,
  connection: Connection,
  scope: TransactionScope,
): Promise<TransactionNote> {
  const row = firstRow(await runner.run(connection, scope, { text: NOTE, params: [], built: true }));
  return { xid: row['xid'] ?? undefined, server: row['server'] ?? '' };
}

/** Asks a server, which may be another than the one that took COMMIT, what became of it.
 *  @throws {DatabaseError} when no server answers */
export async function askCommitStatus(
  runner: Runner,
  connection: Connection,
  note: TransactionNote,
): Promise<CommitStatus> {
  try {
    const row = firstRow(await runner.run(connection, undefined, { text: ASK, params: [note.xid] }));
    return judge(row['status'] ?? undefined, row['server'] ?? '', note.server);
  } catch (error) {
    const typed = toDbError(error);
    // "transaction ID is in the future": the server that answers never saw it
    if (typed instanceof Error && 'sqlState' in typed && typed.sqlState === '22023') return 'gone';
    throw typed;
  }
}

/** `status` is pg_xact_status' word, undefined where the server has forgotten; `server` is empty on a replica. After a crash or a
 *  promotion "committed" may speak of another transaction with the same id, anything else cannot speak of ours as committed. */
export function judge(status: string | undefined, server: string, before: string): CommitStatus {
  if (server === '') return 'unsettled';
  if (server !== before) return status === 'committed' || status === undefined ? 'unknown' : 'gone';
  if (status === 'in progress') return 'unsettled';
  if (status === undefined) return 'unknown';
  return status === 'committed' ? 'committed' : 'gone';
}

function firstRow(rows: Rows): Readonly<Record<string, string | null>> {
  return (rows[0] ?? {}) as Readonly<Record<string, string | null>>;
}
