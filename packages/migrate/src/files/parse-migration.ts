import { DbError } from '../errors/db-error.ts';
import { batchedUpdate } from '../sql/batched-update.ts';
import { parseSql, type Statement } from '../sql/parse.ts';
import { controlsTransaction, needsNoTransaction } from '../sql/transactional.ts';
import { type Header, MAYBE_WORDS, parseHeader } from './header.ts';
import type { MigrationFile } from './migration-file.ts';

/** A migration that is valid SQL and can be applied as its header says. */
export interface ParsedMigration extends MigrationFile {
  readonly header: Header;
  readonly statements: readonly Statement[];
}

/** The text of a way back, from a file or from the history. */
export interface DownText {
  /** Of the migration that it undoes. */
  readonly name: string;
  /** Of the down, for messages. */
  readonly path: string;
  readonly sql: string;
  readonly checksum: string;
}

/** A down that can be run as its header says, or why there is no way back. */
export type ParsedDown =
  | { readonly ok: true; readonly down: ParsedMigration }
  | { readonly ok: false; readonly irreversible: string };

const parsedFiles = new WeakMap<MigrationFile, ParsedMigration>();

/** Parses one file with PostgreSQL's grammar, once; `loadGrammar` must have been awaited. Its down must be good, too: it is stored when
 *  the migration is applied, and a bad one would be found on the night when it is needed.
 *  @throws {DbError} DB_FILE_SYNTAX, DB_FILE_HEADER, DB_FILE_EMPTY, DB_FILE_COMMIT, DB_FILE_MIXED, DB_FILE_UNNAMED,
 *  DB_FILE_BATCHES */
export function parseMigration(file: MigrationFile): ParsedMigration {
  const known = parsedFiles.get(file);
  if (known !== undefined) return known;
  const parsed = checked(file, read(file));
  if (parsed.header.replaces.length !== file.replaces.length)
    throw new DbError('DB_FILE_HEADER', {
      why: '`-- db: replaces` stands at the top of a file, before its first statement',
      at: file.path,
    });
  const down = downOf(file);
  if (down !== null) parseDown(down);
  parsedFiles.set(file, parsed);
  return parsed;
}

/** Parses a down by the rules of an up; `loadGrammar` must have been awaited. One that says `-- db: irreversible: <why>` needs no
 *  statement.
 *  @throws {DbError} DB_FILE_SYNTAX, DB_FILE_HEADER, DB_FILE_EMPTY, DB_FILE_COMMIT, DB_FILE_MIXED */
export function parseDown(text: DownText): ParsedDown {
  const contents = read(text);
  const { irreversible, afterBackfill } = contents.header;
  if (irreversible !== null) return { ok: false, irreversible };
  if (afterBackfill.length > 0)
    throw new DbError('DB_FILE_HEADER', { why: 'after-backfill: a down waits for no backfill', at: text.path });
  return { ok: true, down: checked({ ...text, down: null, replaces: [] }, contents) };
}

/** The down of a file. NULL: it has none. */
export function downOf({ name, path, down }: MigrationFile): DownText | null {
  return down === null ? null : { name, path: path.replace(/migration\.sql$/, 'down.sql'), ...down };
}

/** The engine words of a file's comments; `loadGrammar` must have been awaited.
 *  @throws {DbError} DB_FILE_SYNTAX, DB_FILE_HEADER */
export function headerOf(file: MigrationFile): Header {
  return read(file).header;
}

type Contents = Pick<ParsedMigration, 'header' | 'statements'>;

function read({ sql, path }: DownText): Contents {
  const parsed = parseSql(sql, MAYBE_WORDS);
  if (parsed.ok) return { header: parseHeader(parsed.comments, path), statements: parsed.statements };
  const { message, line, column, excerpt } = parsed.fault;
  throw new DbError('DB_FILE_SYNTAX', { why: `${message}\n${excerpt}`, at: `${path}:${line}:${column}` });
}

/** @throws {DbError} for what cannot run as its header says */
function checked(file: MigrationFile, { header, statements }: Contents): ParsedMigration {
  if (statements.length === 0)
    throw new DbError('DB_FILE_EMPTY', { why: 'no statement, only comments', at: file.path });
  for (const statement of statements) {
    const at = `${file.path}:${statement.line}`;
    if (controlsTransaction(statement)) throw new DbError('DB_FILE_COMMIT', { why: statement.text, at });
    if (!header.noTransaction && needsNoTransaction(statement)) {
      throw new DbError('DB_FILE_MIXED', { why: firstLine(statement.text), at });
    }
    if (statement.kind === 'CopyStmt' && statement.node['is_from'] === true && !statement.node['filename']) {
      throw new DbError('DB_FILE_COPY', { why: firstLine(statement.text), at });
    }
    // Cut in the middle, it could not be found again: the server would give the next one another name.
    if (statement.kind === 'IndexStmt' && statement.node['concurrent'] === true && !statement.node['idxname']) {
      throw new DbError('DB_FILE_UNNAMED', { why: firstLine(statement.text), at });
    }
  }
  if (header.inBatches) requireBatches(file, { header, statements });
  return { ...file, header, statements };
}

/** @throws {DbError} DB_FILE_BATCHES */
function requireBatches({ path }: MigrationFile, { header, statements }: Contents): void {
  const refused = (why: string, at = path) => new DbError('DB_FILE_BATCHES', { why, at });
  if (!header.noTransaction) throw refused('expected `-- db: no-transaction` beside `-- db: in-batches`');
  const updates = statements.filter(({ kind }) => kind === 'UpdateStmt');
  if (updates.length === 0) throw refused('it has no UPDATE');
  for (const update of updates) {
    const batched = batchedUpdate(update);
    if (!batched.ok) throw refused(`${firstLine(update.text)}: ${batched.why}`, `${path}:${update.line}`);
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
