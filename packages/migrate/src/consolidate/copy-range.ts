import { qualified } from '../backup/contents.ts';
import { copyIn } from '../backup/copy-in.ts';
import { columnList } from '../backup/copy-out.ts';
import { openCopy } from '../backup/open-copy.ts';
import type { Session } from '../connect/session.ts';
import { quoteIdentifier } from '../objects/quote.ts';
import { copiedColumns } from './checksum.ts';
import { inRange, type Range, WHOLE } from './key-range.ts';
import type { SourceTable } from './source-table.ts';

export interface Ends {
  readonly from: Session;
  /** Schema of the legacy database. */
  readonly fromSchema: string;
  readonly to: Session;
  /** Schema of the copies. */
  readonly toSchema: string;
}

/** Copies the rows of a range, on sessions that print and read with `EXACT_VALUES`, in one transaction, with what `note` says for the number of rows that went. Rows that the copy has in that
 *  range go first where `replace` is set. Killed at any time, all of it is committed or nothing. */
export async function copyRange(
  ends: Ends,
  table: SourceTable,
  range: Range,
  how: { readonly replace: boolean; readonly note: (rows: number) => string },
): Promise<number> {
  const { from, fromSchema, to, toSchema } = ends;
  const columns = copiedColumns(table);
  const here = qualified(toSchema, table.name);
  const whole = range === WHOLE && table.key.length === 0;
  const rows = columns.length === 0 ? '' : columns.map(quoteIdentifier).join(', ');
  const source = `SELECT ${rows} FROM ${qualified(fromSchema, table.name)} WHERE ${inRange(table.key, range)}`;
  return await to.sql.begin(async () => {
    await to.sql.unsafe('SET LOCAL synchronous_commit = off');
    if (how.replace)
      await to.sql.unsafe(whole ? `TRUNCATE ${here}` : `DELETE FROM ${here} WHERE ${inRange(table.key, range)}`);
    const stream = await openCopy(from.sql, `COPY (${source}) TO STDOUT`);
    const copy = `COPY ${here}${columnList(columns)} FROM STDIN`;
    const copied = await copyIn(to.sql, copy, stream).catch(async (error: unknown) => {
      // The driver waits for a reader who is gone, and would answer no further statement.
      await from.sql.end({ timeout: 0 });
      throw error;
    });
    // The driver stops reading while we are behind, and goes on when it is asked for rows: after the last one nobody asks.
    stream._read(0);
    await to.sql.unsafe(how.note(copied));
    return copied;
  });
}
