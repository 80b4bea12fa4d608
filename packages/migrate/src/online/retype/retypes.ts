import { remembersGrants } from '../../objects/grants.ts';
import type { SqlNode, Statement } from '../../sql/parse.ts';
import { keyOf, relationName } from '../relation-name.ts';
import { droppedNames } from '../replaced.ts';

/** What a draft drops before it changes the type or the name of a column, and makes again after it: gone only within the swap. With it
 *  the statement that remembers the privileges, which must share a transaction with the one that gives them back. */
export function goneForSwap(draft: readonly Statement[]): ReadonlySet<Statement> {
  const last = draft.findLastIndex(swapsColumn);
  if (last === -1) return new Set();
  const made = new Set(draft.slice(last + 1).flatMap(madeBy));
  const isGone = (statement: Statement | undefined) =>
    statement !== undefined && takenBy(statement).some((name) => made.has(name));
  return new Set(
    draft.slice(0, last).filter((one, at) => isGone(one) || (remembersGrants(one.text) && isGone(draft[at + 1]))),
  );
}

/** Whether nothing later in the draft changes the type or the name of a column. */
export function isLastSwap(draft: readonly Statement[], statement: Statement): boolean {
  return draft.findLastIndex(swapsColumn) <= draft.indexOf(statement);
}

/** A column of a table gets another name. */
export function renamesColumn({ kind, node }: Statement): boolean {
  return kind === 'RenameStmt' && node['renameType'] === 'OBJECT_COLUMN' && node['relationType'] === 'OBJECT_TABLE';
}

function swapsColumn(statement: Statement): boolean {
  return changesType(statement) || renamesColumn(statement);
}

/** The defaults that a draft drops before it changes the column's type: `table column`. */
export function defaultsDropped(draft: readonly Statement[]): ReadonlyMap<string, Statement> {
  const found = new Map<string, Statement>();
  for (const [at, statement] of draft.entries()) {
    const [action, more] = actionsOf(statement);
    if (action?.['subtype'] !== 'AT_ColumnDefault' || action['def'] !== undefined || more !== undefined) continue;
    const key = columnKey(statement, action);
    if (
      draft
        .slice(at + 1)
        .some((later) => changesType(later) && actionsOf(later).some((one) => columnKey(later, one) === key))
    ) {
      found.set(key, statement);
    }
  }
  return found;
}

function columnKey({ node }: Statement, action: SqlNode): string {
  return `${keyOf(relationName(node['relation']))} ${String(action['name'])}`;
}

export function changesType(statement: Statement): boolean {
  return actionsOf(statement).some(({ subtype }) => subtype === 'AT_AlterColumnType');
}

function actionsOf({ kind, node }: Statement): readonly SqlNode[] {
  if (kind !== 'AlterTableStmt') return [];
  return (node['cmds'] as readonly { readonly AlterTableCmd: SqlNode }[]).map(({ AlterTableCmd }) => AlterTableCmd);
}

const TAKEN = new Set(['OBJECT_VIEW', 'OBJECT_MATVIEW', 'OBJECT_POLICY', 'OBJECT_TRIGGER', 'OBJECT_RULE']);

function takenBy({ kind, node }: Statement): readonly string[] {
  if (kind !== 'DropStmt' || !TAKEN.has(String(node['removeType']))) return [];
  return droppedNames(node).map((path) => path.join('.'));
}

function madeBy({ kind, node }: Statement): readonly string[] {
  const on = (key: string, name: unknown) => [`${keyOf(relationName(node[key]))}.${String(name)}`];
  switch (kind) {
    case 'ViewStmt':
      return [keyOf(relationName(node['view']))];
    case 'CreateTableAsStmt':
      return [keyOf(relationName((node['into'] as { readonly rel: unknown }).rel))];
    case 'CreatePolicyStmt':
      return on('table', node['policy_name']);
    case 'CreateTrigStmt':
      return on('relation', node['trigname']);
    case 'RuleStmt':
      return on('relation', node['rulename']);
    default:
      return [];
  }
}
