import type { Session } from '../connect/session.ts';
import { DbError } from '../errors/db-error.ts';
import { connectionCode } from '../errors/from-driver.ts';
import { quoteLiteral } from '../objects/quote.ts';

/** Room for the WAL of the copy and for the server itself, beside the tables and indexes. */
const SPARE = 1.2;

/** Refuses a copy that would fill the disk of the server. `free` is the operator's word; else the server is asked where the role may ask
 *  (it runs `df` there); else nobody knows.
 *  @returns the free bytes, NULL: not known
 *  @throws {DbError} DB_CONSOLIDATE_SPACE */
export async function requireSpace(session: Session, bytes: number, free?: number): Promise<number | null> {
  const known = free ?? (await askFree(session));
  if (known === null || known >= bytes * SPARE) return known;
  const mb = (size: number) => `${Math.ceil(size / 1024 / 1024)} MB`;
  throw new DbError('DB_CONSOLIDATE_SPACE', {
    why: `the tables need about ${mb(bytes * SPARE)}, ${mb(known)} are free`,
    at: session.target.label,
    changed: 'nothing was changed',
    data: { bytesNeeded: Math.ceil(bytes * SPARE), bytesFree: known },
  });
}

async function askFree({ sql }: Session): Promise<number | null> {
  const [may] = await sql<{ may: boolean; place: string }[]>`
    SELECT pg_has_role('pg_execute_server_program', 'MEMBER') AS may,
      coalesce(nullif(pg_tablespace_location(dattablespace), ''), '.') AS place FROM pg_database WHERE datname = current_database()`;
  if (may?.may !== true || !/^[\w./-]+$/.test(may.place)) return null;
  try {
    return await sql.begin(async () => {
      await sql.unsafe(`CREATE TEMPORARY TABLE consolidate_df (line text) ON COMMIT DROP;
        COPY consolidate_df FROM PROGRAM ${quoteLiteral(`df -Pk ${may.place}`)}`);
      const [row] = await sql<{ kb: string }[]>`
        SELECT (regexp_match(line, '\\s(\\d+)\\s+\\d+%\\s'))[1] AS kb FROM consolidate_df WHERE line ~ '\\d+%'`;
      return row?.kb === undefined ? null : Number(row.kb) * 1024;
    });
  } catch (error) {
    if (connectionCode(error) === 'DB_CONNECTION_LOST') throw error;
    return null;
  }
}
