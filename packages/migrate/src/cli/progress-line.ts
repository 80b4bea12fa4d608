/** How far something is. */
export interface Part {
  readonly done: number;
  /** 0: not known. */
  readonly total: number;
}

const BAR_MAX = 24;
const BAR_MIN = 6;

/** A line that never fills a terminal of `columns`, so that it can be drawn over: label, bar, percent and counts. Where there is little
 *  room the bar gets shorter, then goes, then the counts go, then the label is cut. Undefined: no terminal, nothing is cut. */
export function progressLine(label: string, part: Part | undefined, columns: number | undefined): string {
  // The last column stays free: a cursor behind it wraps on some terminals.
  const room = columns === undefined ? Number.POSITIVE_INFINITY : Math.max(columns - 1, 1);
  if (part === undefined) return cut(label, room);
  const { done, total } = part;
  if (total <= 0) return cut(done > 0 ? `${label} ${done}` : label, room);
  const share = Math.min(done / total, 1);
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  const counts = `${percent} ${String(done).padStart(String(total).length)}/${total}`;
  const bar = Math.min(BAR_MAX, room - label.length - counts.length - 2);
  if (columns !== undefined && bar >= BAR_MIN) return `${label} ${drawn(share, bar)} ${counts}`;
  const whole = [`${label} ${counts}`, `${label} ${percent}`].find((line) => line.length <= room);
  return whole ?? cut(`${cut(label, Math.max(room - percent.length - 1, 1))} ${percent}`, room);
}

function drawn(share: number, width: number): string {
  const filled = Math.round(share * width);
  return '█'.repeat(filled) + '░'.repeat(width - filled);
}

/** The beginning of a text that is too long, with an ellipsis for the rest. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, Math.max(length - 1, 0))}…`;
}
