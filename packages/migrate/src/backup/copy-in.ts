import type { Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Sql } from 'postgres';

/** Sends a stream to `COPY … FROM STDIN`, waits for the server's word, and gives the number of rows. The driver's own stream never ends where the server refuses
 *  a row after the last byte was sent: its query is told instead, which we listen to. */
export async function copyIn(
  sql: Sql,
  statement: string,
  source: Readable,
  through: readonly Duplex[] = [],
): Promise<number> {
  const query = sql.unsafe(statement);
  const sink = await query.writable();
  const answer = new Promise<number>((resolve, reject) => {
    Object.assign(query, { resolve: ({ count }) => resolve(count), reject } satisfies Told);
  });
  return await Promise.race([answer, pipeline([source, ...through, sink]).then(() => answer)]);
}

/** How the driver tells a query its outcome. */
interface Told {
  readonly resolve: (result: { readonly count: number }) => void;
  readonly reject: (error: unknown) => void;
}
