import type { Sql } from 'postgres';
import { sqlLiteral } from '../history/history-statement.ts';
import type { Place } from './key-range.ts';

/** One row per table that is being copied from a legacy database, or was: `cursor` is the key up to which all rows are committed here. */
export const COPIES_DDL = `CREATE TABLE IF NOT EXISTS migrations.copies (
    domain text NOT NULL, name text NOT NULL, source text NOT NULL, state text NOT NULL, cursor jsonb, rows_done bigint NOT NULL DEFAULT 0,
    checksum text, started_at timestamptz NOT NULL DEFAULT clock_timestamp(), finished_at timestamptz,
    CONSTRAINT copies_pkey PRIMARY KEY (domain, name), CONSTRAINT copies_state_check CHECK (state IN ('copying', 'copied', 'done')))`;

/** How far the copy of a table is. */
export interface CopyState {
  readonly name: string;
  /** Label of the database that it comes from. */
  readonly source: string;
  /** `copied`: all ranges were copied once. `done`: proved equal in a read-only window. */
  readonly state: 'copying' | 'copied' | 'done';
  /** NULL: from the beginning. */
  readonly cursor: Place | null;
  readonly rowsDone: number;
}

export async function readCopies(sql: Sql, domain: string): Promise<readonly CopyState[]> {
  const [table] = await sql`SELECT FROM pg_class WHERE oid = to_regclass('migrations.copies')`;
  if (table === undefined) return [];
  return await sql<CopyState[]>`
    SELECT name, source, state, cursor, rows_done::float8 AS "rowsDone" FROM migrations.copies WHERE domain = ${domain} ORDER BY name`;
}

export function beginCopyText(domain: string, name: string, source: string): string {
  return `INSERT INTO migrations.copies (domain, name, source, state) VALUES (${[domain, name, source, 'copying'].map(sqlLiteral).join(', ')})
    ON CONFLICT (domain, name) DO NOTHING`;
}

/** SQL that notes in the transaction of a range how far its table is. */
export function movedOnText(domain: string, name: string, cursor: Place | null, rows: number): string {
  const place = cursor === null ? 'cursor' : `${sqlLiteral(JSON.stringify(cursor))}::jsonb`;
  return `UPDATE migrations.copies SET cursor = ${place}, rows_done = rows_done + ${rows} WHERE domain = ${sqlLiteral(domain)} AND name = ${sqlLiteral(name)}`;
}

export function copiedText(domain: string, name: string): string {
  return `UPDATE migrations.copies SET state = 'copied' WHERE domain = ${sqlLiteral(domain)} AND name = ${sqlLiteral(name)}`;
}

export function doneText(domain: string, name: string, rows: number, checksum: string): string {
  return `UPDATE migrations.copies SET state = 'done', rows_done = ${rows}, checksum = ${sqlLiteral(checksum)}, finished_at = clock_timestamp()
    WHERE domain = ${sqlLiteral(domain)} AND name = ${sqlLiteral(name)}`;
}
