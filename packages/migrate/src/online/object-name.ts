const NAME_BYTES_MAX = 63;

/** The name that PostgreSQL gives an object that the statement leaves unnamed: table, columns and kind, joined by `_`, the longer of
 *  the first two cut until it fits. `taken`: names that are there already; then a digit follows. */
export function chosenName(
  table: string,
  columns: readonly string[],
  kind: string,
  taken: ReadonlySet<string>,
): string {
  for (let number = 0; ; number += 1) {
    const name = fitted(table, columns.join('_'), number === 0 ? kind : `${kind}${number}`);
    if (!taken.has(name)) return name;
  }
}

function fitted(table: string, columns: string, kind: string): string {
  const overhead = Buffer.byteLength(kind) + (columns === '' ? 1 : 2);
  const room = NAME_BYTES_MAX - overhead;
  let [first, second] = [Buffer.byteLength(table), Buffer.byteLength(columns)];
  while (first + second > room) {
    if (first > second) first -= 1;
    else second -= 1;
  }
  return [clip(table, first), ...(columns === '' ? [] : [clip(columns, second)]), kind].join('_');
}

/** The first so many bytes, without half a character at the end. */
function clip(text: string, bytes: number): string {
  const decoder = new TextDecoder('utf-8');
  return decoder.decode(Buffer.from(text, 'utf8').subarray(0, bytes), { stream: true });
}
