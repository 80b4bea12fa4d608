import type postgres from 'postgres';
import type { ErrorCode } from '../errors/codes.ts';
import { DbError } from '../errors/db-error.ts';
import { connectionCode, sqlStateOf } from '../errors/from-driver.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import type { Statement } from '../sql/parse.ts';

/** A server error as a coded one that names file, statement, line and what is committed; the driver's error is its cause. `position`
 *  is the server's place within the statement, 1-based; undefined: it gives none. */
export function statementError(
  error: unknown,
  migration: ParsedMigration,
  statement: Statement,
  changed: string,
  position = positionOf(error),
): DbError {
  if (error instanceof DbError) return error;
  const number = migration.statements.indexOf(statement) + 1;
  const line =
    statement.line + (position === undefined ? 0 : statement.text.slice(0, position - 1).split('\n').length - 1);
  const code = connectionCode(error) ?? codeOf(error, migration);
  const facts = {
    why: `statement ${number} of ${migration.statements.length}: ${describe(error)}\n${excerpt(statement.text, position)}`,
    at: `${migration.path}:${line}`,
    sqlState: sqlStateOf(error),
    changed,
    ...(ALREADY_THERE.has(sqlStateOf(error)) ? { fix: takenFix(migration) } : {}),
  };
  return new DbError(code, facts, { cause: error });
}

/** SQLSTATEs of a schema, table, column, other object or function that is there already. */
const ALREADY_THERE = new Set<string | undefined>(['42P06', '42P07', '42701', '42710', '42723']);

/** Correcting the file would not help: what is in the way was made by hand, or by another tool. */
function takenFix({ name, path }: ParsedMigration): string {
  const as = path.endsWith('down.sql') ? 'pending' : 'applied';
  return `it was made outside of the history: compare it with the file, then drop or rename it and run again; or, where all that the file makes is there, record that: \`pnpm db mark ${as} ${name} --domain <domain>\``;
}

/** COMMIT inside a DO block or a procedure is refused by the server, for it would end our transaction. */
function codeOf(error: unknown, { header }: ParsedMigration): ErrorCode {
  if (sqlStateOf(error) === '2D000') return 'DB_FILE_COMMIT';
  return header.noTransaction ? 'DB_STEP' : 'DB_STATEMENT';
}

/** The server's place in the text that was sent, 1-based. */
export function positionOf(error: unknown): number | undefined {
  const position = Number(pick(error, 'position'));
  return Number.isInteger(position) && position > 0 ? position : undefined;
}

function describe(error: unknown): string {
  const parts = [error instanceof Error ? error.message : String(error)];
  const detail = pick(error, 'detail');
  const hint = pick(error, 'hint');
  if (detail !== undefined) parts.push(`detail: ${withoutRowValues(detail)}`);
  if (hint !== undefined) parts.push(`hint: ${hint}`);
  return parts.join('; ');
}

/** `Key (email)=(…)`, `Failing row contains (…)`: names stay, values go. */
function withoutRowValues(detail: string): string {
  return detail.replace(/=\(.*\)/s, '=(…)').replace(/(row contains )\(.*\)/s, '$1(…)');
}

function pick(error: unknown, key: keyof postgres.PostgresError): string | undefined {
  if (typeof error !== 'object' || error === null || !(key in error)) return undefined;
  const value = (error as Record<string, unknown>)[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The line at fault with a caret, or the first line where the server gives no place. */
function excerpt(text: string, position: number | undefined): string {
  if (position === undefined) return `  ${text.split('\n', 1)[0]}`;
  const before = text.slice(0, position - 1);
  const start = before.lastIndexOf('\n') + 1;
  const [line = ''] = text.slice(start).split('\n', 1);
  return `  ${line}\n  ${' '.repeat(before.length - start)}^`;
}
