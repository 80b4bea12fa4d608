import type { SqlNode, Statement } from '../sql/parse.ts';
import { cut, tokensOf } from '../sql/tokens.ts';
import { type RelationName, relationName } from './relation-name.ts';

/** One action of an ALTER TABLE. */
export interface AlterAction {
  readonly table: RelationName;
  /** `ALTER TABLE "s"."t"`, as it was written. */
  readonly head: string;
  /** The action, as it was written. */
  readonly body: string;
  /** `AT_…`. */
  readonly subtype: string;
  readonly node: SqlNode;
}

/** Takes an ALTER TABLE apart into its actions, in order. */
export function splitAlter({ text, node }: Statement): readonly AlterAction[] {
  const tokens = tokensOf(text);
  const nodes = (node['cmds'] as readonly { readonly AlterTableCmd: SqlNode }[]).map((item) => item.AlterTableCmd);
  const table = relationName(node['relation']);
  // ALTER TABLE [IF EXISTS] [ONLY] name[.name …] [*]
  let at = 2;
  while (['IF', 'EXISTS', 'ONLY'].includes(tokens[at]?.text ?? '')) at += 1;
  while (tokens[at + 1]?.text === '.') at += 2;
  if (tokens[at + 1]?.text === '*') at += 1;
  const head = cut(text, 0, tokens[at]?.end);
  const commas = tokens.slice(at + 1).filter((token) => token.text === ',' && token.depth === 0);
  const starts = [tokens[at + 1]?.start ?? 0, ...commas.map(({ end }) => end)];
  return nodes.map((action, number) => ({
    table,
    head,
    body: cut(text, starts[number] ?? 0, commas[number]?.start).trim(),
    subtype: String(action['subtype']),
    node: action,
  }));
}
