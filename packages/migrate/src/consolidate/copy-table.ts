import { qualified } from '../backup/contents.ts';
import { copyRange, type Ends } from './copy-range.ts';
import { lastOf, type Place, WHOLE } from './key-range.ts';
import { type CopyState, copiedText, movedOnText } from './progress.ts';
import type { CopyProgress } from './report.ts';
import type { SourceTable } from './source-table.ts';

/** One range is one transaction and about this many bytes: long enough to be fast, short enough to lose little. */
const RANGE_BYTES = 64 * 1024 * 1024;
const RANGE_ROWS = { min: 10_000, max: 500_000 };

/** Rows of a range, by how wide the table's rows are. */
export function rangeRows({ rows, bytes }: Pick<SourceTable, 'rows' | 'bytes'>): number {
  const each = rows === 0 ? 200 : Math.max(1, bytes / rows);
  return Math.round(Math.min(RANGE_ROWS.max, Math.max(RANGE_ROWS.min, RANGE_BYTES / each)));
}

/** Copies a table range by range along its key, from where the last run came to. Its writers go on; what they change in ranges that were
 *  copied is found later, by checksums. A table without a key is copied whole. */
export async function copyTable(
  ends: Ends,
  domain: string,
  table: SourceTable,
  state: CopyState,
  onProgress: (progress: CopyProgress) => void,
): Promise<void> {
  if (state.state !== 'copying') return;
  const tell = meter(table, state.rowsDone, onProgress);
  if (table.key.length === 0) {
    tell(
      await copyRange(ends, table, WHOLE, {
        replace: true,
        note: (rows) => movedOnText(domain, table.name, null, rows),
      }),
    );
  } else {
    const size = rangeRows(table);
    const source = qualified(ends.fromSchema, table.name);
    for (let lower: Place | null = state.cursor; ; ) {
      const last = await lastOf(ends.from.sql, source, table.key, { lower, upper: null }, size);
      if (last === null) break;
      const upper = last.place;
      const note = (rows: number) => movedOnText(domain, table.name, upper, rows);
      tell(await copyRange(ends, table, { lower, upper }, { replace: false, note }));
      lower = upper;
    }
  }
  await ends.to.sql.unsafe(copiedText(domain, table.name));
}

/** Tells how far it is, how fast, and how long it will take, over this run alone. */
function meter(
  table: SourceTable,
  before: number,
  onProgress: (progress: CopyProgress) => void,
): (rows: number) => void {
  const started = performance.now();
  let now = 0;
  return (rows) => {
    now += rows;
    const done = before + now;
    const total = Math.max(table.rows, done);
    const rowsPerSecond = Math.round(now / Math.max(0.001, (performance.now() - started) / 1000));
    const secondsLeft = rowsPerSecond === 0 ? null : Math.ceil((total - done) / rowsPerSecond);
    onProgress({ type: 'copy', table: table.name, done, total, rowsPerSecond, secondsLeft });
  };
}
