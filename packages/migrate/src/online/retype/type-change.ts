import type { SqlNode } from '../../sql/parse.ts';
import { cut, tokensOf } from '../../sql/tokens.ts';
import type { RelationName } from '../relation-name.ts';
import type { AlterAction } from '../split-alter.ts';
import { type TypeName, typeNameOf } from './type-name.ts';

/** An ALTER COLUMN … TYPE. */
export interface TypeChange {
  readonly table: RelationName;
  readonly column: string;
  readonly to: TypeName;
  /** With its COLLATE, as it was written. */
  readonly type: string;
  readonly hasCollation: boolean;
  /** The new value by the row's columns. NULL: the column, as it is assigned. */
  readonly using: string | null;
  /** True where `using` is the column itself, cast or not. */
  readonly isPlainCast: boolean;
}

/** NULL: the action is another one. */
export function typeChange({ subtype, node, body, table }: AlterAction): TypeChange | null {
  if (subtype !== 'AT_AlterColumnType') return null;
  const definition = (node['def'] as { readonly ColumnDef: SqlNode }).ColumnDef;
  const column = String(node['name']);
  const words = tokensOf(body).filter(({ depth }) => depth === 0);
  const type = words.findIndex(({ text }) => text === 'TYPE');
  const using = words.findIndex(({ text }, at) => at > type && text === 'USING');
  return {
    table,
    column,
    to: typeNameOf(definition['typeName'] as SqlNode),
    type: cut(body, words[type]?.end ?? 0, words[using]?.start).trim(),
    hasCollation: definition['collClause'] !== undefined,
    using: using === -1 ? null : cut(body, words[using]?.end ?? 0).trim(),
    isPlainCast: using === -1 || isCastOf(definition['raw_default'], column),
  };
}

function isCastOf(expression: unknown, column: string): boolean {
  const { TypeCast, ColumnRef } = (expression ?? {}) as { readonly TypeCast?: SqlNode; readonly ColumnRef?: SqlNode };
  if (TypeCast !== undefined) return isCastOf(TypeCast['arg'], column);
  const fields = (ColumnRef?.['fields'] ?? []) as readonly { readonly String?: { readonly sval: string } }[];
  return fields.length === 1 && fields[0]?.String?.sval === column;
}
