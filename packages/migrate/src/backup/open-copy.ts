import type { Readable } from 'node:stream';
import type { Sql } from 'postgres';

const BLOCK_BYTES = 256 * 1024;

/** The rows of a `COPY … TO STDOUT`, in blocks. Where the connection is lost before anybody reads, whoever reads is told, and the process
 *  goes on. */
export async function openCopy(sql: Sql, statement: string): Promise<Readable> {
  const rows = await sql.unsafe(statement).readable();
  // A stream that fails while nobody listens ends the process. It keeps its error for the reader.
  rows.on('error', () => {});
  gather(rows);
  return rows;
}

/** The driver pushes row by row; what a stream does for each would be most of the time. Rows that it has pushed already stay ahead. */
function gather(rows: Readable): void {
  const push = rows.push.bind(rows);
  let held: Buffer[] = [];
  let bytes = 0;
  const flush = () => {
    const block = Buffer.concat(held, bytes);
    held = [];
    bytes = 0;
    return push(block);
  };
  rows.push = (row: Buffer | null) => {
    if (row === null) {
      if (bytes > 0) flush();
      return push(null);
    }
    held.push(row);
    bytes += row.length;
    return bytes < BLOCK_BYTES || flush();
  };
}
