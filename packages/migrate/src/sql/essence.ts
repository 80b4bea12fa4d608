import { type Statement, wholeNode } from './parse.ts';

const PLACES = ['location', 'name_location', 'list_start', 'list_end', 'rexpr_list_start', 'rexpr_list_end'];
const INCIDENTAL = new Set([...PLACES, 'concurrent', 'if_not_exists']);

/** A statement as its parse tree, without places in the text, CONCURRENTLY, IF NOT EXISTS and VOLATILE, which is the default: equal
 *  for equal meaning where only the writing differs. */
export function essence(statement: Statement): string {
  const leaveOut = (key: string, value: unknown) => (INCIDENTAL.has(key) ? undefined : withoutDefaults(value));
  return statement.kind + JSON.stringify(wholeNode(statement), leaveOut);
}

function withoutDefaults(value: unknown): unknown {
  return Array.isArray(value) ? value.filter((item) => !isVolatile(item)) : value;
}

function isVolatile(
  item: {
    readonly DefElem?: { readonly defname?: string; readonly arg?: { readonly String?: { readonly sval?: string } } };
  } | null,
): boolean {
  return item?.DefElem?.defname === 'volatility' && item.DefElem.arg?.String?.sval === 'volatile';
}
