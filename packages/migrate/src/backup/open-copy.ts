import type { Readable } from 'node:stream';
import type { Sql } from 'postgres';

/** The rows of a `COPY … TO STDOUT`. Where the connection is lost before anybody reads, whoever reads is told, and the process goes on. */
export async function openCopy(sql: Sql, statement: string): Promise<Readable> {
  const rows = await sql.unsafe(statement).readable();
  // A stream that fails while nobody listens ends the process. It keeps its error for the reader.
  rows.on('error', () => {});
  return rows;
}
