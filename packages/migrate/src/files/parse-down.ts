import { DbError } from '../errors/db-error.ts';
import { commentsOf } from '../sql/parse.ts';
import { type Header, parseHeader } from './header.ts';
import type { MigrationFile } from './migration-file.ts';
import { type ParsedMigration, parseText } from './parse-migration.ts';

export interface DownSource {
  /** Of the migration that it undoes. */
  readonly name: string;
  /** Path of the down, for messages. */
  readonly path: string;
  readonly sql: string;
  readonly checksum: string;
}

/** A down that can be run as its header says, or why there is no way back. */
export type ParsedDown =
  | { readonly ok: true; readonly down: ParsedMigration }
  | { readonly ok: false; readonly irreversible: string };

/** Parses a down by the rules of an up; `loadGrammar` must have been awaited. One that says `-- db: irreversible: <why>` needs no
 *  statement.
 *  @throws {DbError} DB_FILE_SYNTAX, DB_FILE_HEADER, DB_FILE_EMPTY, DB_FILE_COMMIT, DB_FILE_MIXED */
export function parseDown(source: DownSource): ParsedDown {
  const { irreversible, afterBackfill }: Header = parseHeader(commentsOf(source.sql), source.path);
  if (irreversible !== null) return { ok: false, irreversible };
  if (afterBackfill.length > 0)
    throw new DbError('DB_FILE_HEADER', { why: 'after-backfill: a down waits for no backfill', at: source.path });
  return { ok: true, down: parseText({ ...source, down: null }) };
}

/** The down of a file as a source, or null where it has none. */
export function downSource({ name, path, down }: MigrationFile): DownSource | null {
  return down === null ? null : { name, path: path.replace(/migration\.sql$/, 'down.sql'), ...down };
}
