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
  /** Whose rights and policies hold while it runs: the caller's unless said. For the owner's, check who calls in the body. */
  readonly runsAs?: 'caller' | 'owner';
  /** Server settings while it runs, by name: for plans that must not depend on statistics. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The body between the dollar quotes. Qualify every name: the search_path is pinned to pg_catalog. */
  readonly body: string;
}

/** CREATE OR REPLACE FUNCTION with a pinned search_path, so that no caller's path changes what it does. */
export function sqlFunction(declared: FunctionDeclaration): SqlObject {
  const {
    schema,
    name,
    args = '',
    returns,
    language,
    volatility = 'VOLATILE',
    runsAs = 'caller',
    settings = {},
    body,
  } = declared;
  const pinned = Object.entries({ search_path: 'pg_catalog', ...settings }).map(
    ([setting, value]) => `SET ${quoteIdentifier(setting)} = ${value}`,
  );
  return {
    kind: 'function',
    name: `${schema}.${name}(${args})`,
    sql: [
      `CREATE OR REPLACE FUNCTION ${quoteIdentifier(schema)}.${quoteIdentifier(name)}(${args}) RETURNS ${returns}`,
      [`LANGUAGE ${language} ${volatility}`, ...(runsAs === 'owner' ? ['SECURITY DEFINER'] : []), ...pinned].join(' '),
      `AS $function$${body}$function$`,
    ].join('\n'),
  };
}
