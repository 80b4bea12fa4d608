import type { Statement } from './parse.ts';

const INCIDENTAL = new Set(['location', 'stmt_location', 'stmt_len', 'concurrent', 'if_not_exists']);

/** A statement as its parse tree, without places in the text, CONCURRENTLY, IF NOT EXISTS and VOLATILE, which is the default: equal
 *  for equal meaning where only the writing differs. */
export function essence({ kind, node }: Statement): string {
  return (
    kind + JSON.stringify(node, (key, value: unknown) => (INCIDENTAL.has(key) ? undefined : withoutDefaults(value)))
  );
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
