import type { Sql } from 'postgres';
import { quoteLiteral } from '../objects/quote.ts';

/** A statement of the engine's that a run sends for each migration. */
export interface HistoryStatement {
  readonly name: string;
  /** Types of its parameters, in order. */
  readonly types: string;
  /** With `$1`, `$2`, … */
  readonly sql: string;
}

export type HistoryValue = string | number | boolean | null;

/** Has the server plan the statements once for the session. */
export async function prepareStatements(sql: Sql, statements: readonly HistoryStatement[]): Promise<void> {
  await sql.unsafe(statements.map(({ name, types, sql: text }) => `PREPARE ${name} (${types}) AS ${text}`).join('; '));
}

/** SQL that runs a statement, prepared before or not. */
export function statementText(
  { name, sql }: HistoryStatement,
  values: readonly HistoryValue[],
  isPrepared: boolean,
): string {
  const literals = values.map(sqlLiteral);
  if (isPrepared) return `EXECUTE ${name} (${literals.join(', ')})`;
  return sql.replaceAll(/\$(\d)/g, (_, number) => literals[Number(number) - 1] ?? 'NULL');
}

/** A value as SQL that reads the same whatever standard_conforming_strings is. */
export function sqlLiteral(value: HistoryValue): string {
  if (typeof value !== 'string') return String(value);
  return value.includes('\\') ? `E${quoteLiteral(value.replaceAll('\\', '\\\\'))}` : quoteLiteral(value);
}
