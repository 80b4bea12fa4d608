import { quoteIdentifier } from '../objects/quote.ts';
import { loadGrammar, parseSql } from '../sql/parse.ts';
import { touchedObjects } from '../sql/touches.ts';
import { StatementRefused } from './statement-refused.ts';

/** The table whose rows a statement failed on, as `wholeName` writes it. NULL: it failed for another reason, or the table is not known. */
export async function tableInTheWay(error: unknown): Promise<string | null> {
  if (!(error instanceof Error) || !(error.cause instanceof StatementRefused)) return null;
  const { statement, cause } = error.cause;
  const { code, schema_name, table_name } = (cause ?? {}) as Readonly<Record<string, string | undefined>>;
  // Constraints, and values that cannot be cast.
  if (code === undefined || !/^2[23]/.test(code)) return null;
  if (schema_name !== undefined && table_name !== undefined) return named(schema_name, table_name);
  await loadGrammar();
  const parsed = parseSql(statement);
  const [first] = parsed.ok ? [...touchedObjects(parsed.statements)].filter((name) => /^[^*]+\.[^*]+$/.test(name)) : [];
  if (first === undefined) return null;
  const dot = first.indexOf('.');
  return named(first.slice(0, dot), first.slice(dot + 1));
}

const named = (schema: string, table: string) => [schema, table].map(quoteIdentifier).join('.');

/** A qualified name with all its quotes, also where the server leaves them out: equal for equal names. */
export function wholeName(name: string): string {
  return name.replaceAll(/"(?:[^"]|"")+"|[^".]+/g, (part) => (part.startsWith('"') ? part : quoteIdentifier(part)));
}
