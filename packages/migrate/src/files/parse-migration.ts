import { DbError } from '../errors/db-error.ts';
import { commentsOf, parseSql, type Statement } from '../sql/parse.ts';
import { controlsTransaction, needsNoTransaction } from '../sql/transactional.ts';
import { type Header, parseHeader } from './header.ts';
import type { MigrationFile } from './migration-file.ts';

/** A migration that is valid SQL and can be applied as its header says. */
export interface ParsedMigration extends MigrationFile {
  readonly header: Header;
  readonly statements: readonly Statement[];
}

const parsedFiles = new WeakMap<MigrationFile, ParsedMigration>();

/** Parses one file with PostgreSQL's grammar, once; `loadGrammar` must have been awaited.
 *  @throws {DbError} DB_FILE_SYNTAX, DB_FILE_HEADER, DB_FILE_EMPTY, DB_FILE_COMMIT, DB_FILE_MIXED */
export function parseMigration(file: MigrationFile): ParsedMigration {
  const known = parsedFiles.get(file) ?? parse(file);
  parsedFiles.set(file, known);
  return known;
}

function parse(file: MigrationFile): ParsedMigration {
  const parsed = parseSql(file.sql);
  if (!parsed.ok) {
    const { message, line, column, excerpt } = parsed.fault;
    throw new DbError('DB_FILE_SYNTAX', { why: `${message}\n${excerpt}`, at: `${file.path}:${line}:${column}` });
  }
  const header = parseHeader(commentsOf(file.sql), file.path);
  const { statements } = parsed;
  if (statements.length === 0)
    throw new DbError('DB_FILE_EMPTY', { why: 'no statement, only comments', at: file.path });
  for (const statement of statements) {
    const at = `${file.path}:${statement.line}`;
    if (controlsTransaction(statement)) throw new DbError('DB_FILE_COMMIT', { why: statement.text, at });
    if (!header.noTransaction && needsNoTransaction(statement)) {
      throw new DbError('DB_FILE_MIXED', { why: firstLine(statement.text), at });
    }
  }
  return { ...file, header, statements };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
