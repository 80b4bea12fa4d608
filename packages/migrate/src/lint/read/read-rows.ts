import type { SqlNode } from '../../sql/parse.ts';
import { nameOf } from '../name.ts';
import type { Action, ActionOf } from './action.ts';
import { at, itemsOf, nodeOf, nodesIn, rangeOf, textOf, wordsOf } from './tree.ts';

type How = ActionOf<'change-rows'>['how'];

export function readRows(how: How, node: SqlNode): readonly Action[] {
  const targets = itemsOf(node['targetList']).map((item) => textOf(at(item, 'ResTarget')['name']));
  const select = at(node, 'selectStmt', 'SelectStmt');
  return [
    {
      does: 'change-rows',
      how,
      table: rangeOf(node['relation']),
      assigned: how === 'update' ? targets : [],
      boundBy: boundBy(node['whereClause']),
      isBatch: hasLimit(node),
      fromQuery: how === 'insert' && node['selectStmt'] !== undefined && select['valuesLists'] === undefined,
    },
  ];
}

/** Columns that a condition compares with constants, for equality or from both sides, in every row that it lets through. */
function boundBy(where: unknown): readonly string[] {
  const node = nodeOf(where);
  const all = at(node, 'BoolExpr');
  const parts = all['boolop'] === 'AND_EXPR' ? itemsOf(all['args']) : [node];
  const compared = parts.map(comparisonOf);
  const by = (signs: readonly string[]) =>
    compared.flatMap((one) => (one !== undefined && signs.includes(one.sign) ? [one.column] : []));
  const above = by(['>', '>=']);
  return [...by(['=', 'IN', 'BETWEEN']), ...by(['<', '<=']).filter((column) => above.includes(column))];
}

/** A comparison of a column with constants. */
function comparisonOf(value: unknown): { readonly sign: string; readonly column: string } | undefined {
  const comparison = at(value, 'A_Expr');
  const kind = textOf(comparison['kind']);
  const sign = kind === 'AEXPR_OP' ? wordsOf(comparison['name']).join() : kind.replace('AEXPR_', '');
  const column = wordsOf(at(comparison, 'lexpr', 'ColumnRef')['fields']).at(-1);
  // `<>` of a list is NOT IN.
  if (column === undefined || !isConstant(comparison['rexpr'])) return undefined;
  return kind === 'AEXPR_IN' && wordsOf(comparison['name']).join() !== '=' ? undefined : { sign, column };
}

/** True where a query with LIMIT names the rows. */
function hasLimit(node: SqlNode): boolean {
  const queries = [node['withClause'], node['whereClause'], node['fromClause'], node['usingClause']];
  return queries.some((query) => nodesIn(query, 'SelectStmt').some((select) => select['limitCount'] !== undefined));
}

function isConstant(value: unknown): boolean {
  const node = nodeOf(value);
  if (node['A_Const'] !== undefined) return true;
  if (node['TypeCast'] !== undefined) return isConstant(at(node, 'TypeCast')['arg']);
  const items = itemsOf(at(node, 'List')['items']);
  return items.length > 0 && items.every(isConstant);
}

/** SELECT is looked at for what sets a setting: `set_config('x', …)`. */
export function readSelect(node: SqlNode): readonly Action[] {
  const call = at(itemsOf(node['targetList'])[0], 'ResTarget', 'val', 'FuncCall');
  const [setting, value] = itemsOf(call['args']).map((item) => textOf(at(item, 'A_Const', 'sval')['sval']));
  if (nameOf(wordsOf(call['funcname'])).name !== 'set_config') return [{ does: 'other', kind: 'SelectStmt' }];
  return [{ does: 'set', setting: setting ?? '', value: value ?? '' }];
}

export function readSet(node: SqlNode): readonly Action[] {
  const values = itemsOf(node['args']).map((item) => {
    const constant = at(item, 'A_Const');
    return textOf(at(constant, 'sval')['sval']) || String(at(constant, 'ival')['ival'] ?? 0);
  });
  return [{ does: 'set', setting: textOf(node['name']), value: values.join(', ') }];
}
