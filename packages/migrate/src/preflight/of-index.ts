import { quoteIdentifier } from '../objects/quote.ts';
import { columnsIn } from '../online/forms/validated-later.ts';
import { relationName } from '../online/relation-name.ts';
import type { SqlNode, Statement } from '../sql/parse.ts';
import { cut, type Token, tokensOf } from '../sql/tokens.ts';
import { ofUnique } from './of-constraint.ts';
import type { Requirement } from './requirement.ts';

/** What a unique index asks of the rows. */
export function ofUniqueIndex({ kind, node, text }: Statement): readonly Requirement[] {
  if (kind !== 'IndexStmt' || node['unique'] !== true) return [];
  const tokens = tokensOf(text);
  const on = tokens.findIndex((token) => token.text === 'ON' && token.depth === 0);
  const open = tokens.findIndex((token, at) => at > on && token.text === '(' && token.depth === 0);
  const elements = (node['indexParams'] as readonly { readonly IndexElem: SqlNode }[]).map(
    ({ IndexElem }) => IndexElem,
  );
  const parts = splitList(tokens, open);
  const expressions = elements.map(({ name }, at) =>
    typeof name === 'string' ? quoteIdentifier(name) : expressionIn(text, parts[at] ?? []),
  );
  const columns = elements.flatMap(({ name, expr }) => (typeof name === 'string' ? [name] : columnsIn(expr)));
  const where = tokens.find((token) => token.text === 'WHERE' && token.depth === 0);
  return [
    ofUnique(relationName(node['relation']), expressions, [...columns, ...columnsIn(node['whereClause'])], {
      nullsAreEqual: node['nulls_not_distinct'] === true,
      where: where === undefined ? undefined : cut(text, where.end).trim(),
    }),
  ];
}

/** The tokens of each element of the list that opens there. */
function splitList(tokens: readonly Token[], open: number): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]];
  for (const token of tokens.slice(open + 1)) {
    if (token.text === ')' && token.depth === 0) break;
    if (token.text === ',' && token.depth === 1) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

/** An expression ends with its own parenthesis; what follows is its collation, class and order. */
function expressionIn(text: string, part: readonly Token[]): string {
  const end = part.find((token) => token.text === ')' && token.depth === 1) ?? part.at(-1);
  return cut(text, part[0]?.start ?? 0, end?.end);
}
