import type { Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Sql } from 'postgres';

/** Sends a stream to `COPY … FROM STDIN` and waits for the server's word. The driver's own stream never ends where the server refuses
 *  a row after the last byte was sent: its query is told instead, which we listen to. */
export async function copyIn(
  sql: Sql,
  statement: string,
  source: Readable,
  through: readonly Duplex[] = [],
): Promise<void> {
  const query = sql.unsafe(statement);
  const sink = await query.writable();
  const answer = new Promise<void>((resolve, reject) => {
    Object.assign(query, { resolve: () => resolve(), reject } satisfies Told);
  });
  await Promise.race([answer, pipeline([source, ...through, sink]).then(() => answer)]);
}

/** How the driver tells a query its outcome. */
interface Told {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}
