import type { SqlObject } from './object.ts';
import { quoteIdentifier } from './quote.ts';

export interface FunctionDeclaration {
  readonly schema: string;
  readonly name: string;
  /** Argument list as in CREATE FUNCTION, without parentheses; empty for trigger functions. */
  readonly args?: string;
  readonly returns: string;
  readonly language: 'plpgsql' | 'sql';
  readonly volatility?: 'IMMUTABLE' | 'STABLE' | 'VOLATILE';
  /** The body between the dollar quotes. Qualify every name: the search_path is pinned to pg_catalog. */
  readonly body: string;
}

/** CREATE OR REPLACE FUNCTION with a pinned search_path, so that no caller's path changes what it does. */
export function sqlFunction(declared: FunctionDeclaration): SqlObject {
  const { schema, name, args = '', returns, language, volatility = 'VOLATILE', body } = declared;
  return {
    kind: 'function',
    name: `${schema}.${name}(${args})`,
    sql: [
      `CREATE OR REPLACE FUNCTION ${quoteIdentifier(schema)}.${quoteIdentifier(name)}(${args}) RETURNS ${returns}`,
      `LANGUAGE ${language} ${volatility} SET search_path = pg_catalog`,
      `AS $function$${body}$function$`,
    ].join('\n'),
  };
}
