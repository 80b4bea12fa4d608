import type { Statement } from './parse.ts';

const INCIDENTAL = new Set(['location', 'stmt_location', 'stmt_len', 'concurrent', 'if_not_exists']);

/** A statement as its parse tree, without places in the text, CONCURRENTLY and IF NOT EXISTS: equal for equal meaning where only the
 *  writing differs. */
export function essence({ kind, node }: Statement): string {
  return kind + JSON.stringify(node, (key, value: unknown) => (INCIDENTAL.has(key) ? undefined : value));
}
