import { quoteIdentifier } from '../objects/quote.ts';
import { loadGrammar, parseSql } from '../sql/parse.ts';
import { touchedObjects } from '../sql/touches.ts';
import { StatementRefused } from './statement-refused.ts';

/** The table whose rows a statement failed on, qualified and quoted where it must be. NULL: it failed for another reason, or the table is
 *  not known. */
export async function tableInTheWay(error: unknown): Promise<string | null> {
  if (!(error instanceof Error) || !(error.cause instanceof StatementRefused)) return null;
  const { statement, cause } = error.cause;
  const { code, schema_name, table_name } = (cause ?? {}) as Readonly<Record<string, string | undefined>>;
  // Constraints, and values that cannot be cast.
  if (code === undefined || !/^2[23]/.test(code)) return null;
  if (schema_name !== undefined && table_name !== undefined) return `${plain(schema_name)}.${plain(table_name)}`;
  await loadGrammar();
  const parsed = parseSql(statement);
  const [first] = parsed.ok ? [...touchedObjects(parsed.statements)].filter((name) => /^[^*]+\.[^*]+$/.test(name)) : [];
  return first === undefined ? null : first.split('.').map(plain).join('.');
}

function plain(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : quoteIdentifier(name);
}
