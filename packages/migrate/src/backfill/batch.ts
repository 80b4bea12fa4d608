import type { Session } from '../connect/session.ts';
import { connectionCode, sqlStateOf } from '../errors/from-driver.ts';
import { sqlLiteral } from '../history/history-statement.ts';
import type { Backfill } from './backfill.ts';
import type { KeyRange } from './key-range.ts';

/** How a batch ended; where it was not committed, somebody is in its way, or a row in it cannot be changed so. */
export type BatchEnd =
  /** `ms`: how long it held its row locks, by the server's clock. */
  | { readonly as: 'committed'; readonly rows: number; readonly ms: number }
  | { readonly as: 'in the way' }
  | { readonly as: 'row at fault'; readonly error: Error };

/** lock_not_available, deadlock_detected, serialization_failure: the same batch may succeed a moment later. */
const IN_THE_WAY = new Set(['55P03', '40P01', '40001']);
/** Classes of SQLSTATEs that a row's content gives: data exception, integrity violation, WITH CHECK OPTION, an error that a trigger or
 *  function raises. Others are the statement's, whatever the rows are. */
const OF_A_ROW = /^(22|23|44|P0)/;

/** SQL text of one batch and its cursor: one message, which the server runs as one transaction, so that row locks wait for nobody's
 *  round trip and the next batch may be sent before this one has ended. */
export type BatchText = (range: KeyRange, cursor: string | null) => string;

/** Has the server look at a backfill's statement, and gives the text of its batches.
 *  @throws the driver's error where it is no single statement of that many parameters */
export async function prepareBatch({ sql }: Session, domain: string, backfill: Backfill): Promise<BatchText> {
  // As a tagged template, for the simple protocol of `unsafe` would run what follows a semicolon.
  await sql`PREPARE backfill AS ${sql.unsafe(backfill.batch)}`;
  const [row] = await sql<{ types: readonly string[] }[]>`
    SELECT array_to_json(parameter_types::text[]) AS types FROM pg_prepared_statements WHERE name = 'backfill'`;
  const types = row?.types ?? [];
  return ({ lower, upper }, cursor) => {
    const values = [lower, upper, ...(backfill.parameters ?? [])];
    const body = `
      DECLARE changed bigint;
      BEGIN
        EXECUTE ${sqlLiteral(backfill.batch)} USING ${values.map((value, at) => `${literal(value)}::${types[at] ?? 'text'}`)};
        GET DIAGNOSTICS changed = ROW_COUNT;
        UPDATE migrations.backfills AS b SET cursor = ${literal(cursor)}, rows_done = b.rows_done + changed
        WHERE b.domain = ${literal(domain)} AND b.name = ${literal(backfill.name)} AND b.state = 'running';
        PERFORM set_config('migrations.changed', changed::text, true);
      END`;
    return `
      DO ${sqlLiteral(body)};
      SELECT current_setting('migrations.changed')::float8 AS rows,
        (extract(epoch FROM clock_timestamp() - statement_timestamp()) * 1000)::float8 AS ms`;
  };
}

/** Runs one batch and moves the cursor with it.
 *  @throws the driver's error where the statement or the connection is at fault, not a row */
export async function runBatch({ sql }: Session, text: string): Promise<BatchEnd> {
  try {
    const told = { rows: 0, ms: 0 };
    await sql.unsafe<{ rows: number; ms: number }[]>(text).forEach((row) => {
      Object.assign(told, row);
    });
    return { as: 'committed', ...told };
  } catch (error) {
    const state = sqlStateOf(error) ?? '';
    if (IN_THE_WAY.has(state)) return { as: 'in the way' };
    if (connectionCode(error) === undefined && OF_A_ROW.test(state) && error instanceof Error)
      return { as: 'row at fault', error };
    throw error;
  }
}

function literal(value: NonNullable<Backfill['parameters']>[number]): string {
  if (value === null) return 'NULL';
  return sqlLiteral(typeof value === 'object' ? JSON.stringify(value) : String(value));
}
