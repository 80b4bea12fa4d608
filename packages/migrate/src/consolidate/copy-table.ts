import { qualified } from '../backup/contents.ts';
import { copyRange, type Ends } from './copy-range.ts';
import { cutsOf } from './cuts.ts';
import { WHOLE } from './key-range.ts';
import { type CopyState, copiedText, movedOnText } from './progress.ts';
import type { CopyProgress } from './report.ts';
import type { SourceTable } from './source-table.ts';

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
  const keyed = table.key.length > 0;
  const cuts = await cutsOf(ends.from.sql, qualified(ends.fromSchema, table.name), table, state.cursor);
  for (const [at, upper] of [...cuts, null].entries()) {
    const range = keyed ? { lower: cuts[at - 1] ?? state.cursor, upper } : WHOLE;
    const movedOn = (rows: number) => movedOnText(domain, table.name, upper, rows);
    const note = upper === null ? (rows: number) => `${movedOn(rows)}; ${copiedText(domain, table.name)}` : movedOn;
    tell(await copyRange(ends, table, range, { replace: !keyed, note }));
  }
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
