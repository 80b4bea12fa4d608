import type { SqlNode, Statement } from '../../sql/parse.ts';
import { cut, tokensOf } from '../../sql/tokens.ts';
import type { Context } from '../context.ts';
import type { RelationFacts } from '../facts.ts';
import { keyOf, type RelationName, relationName } from '../relation-name.ts';
import { constraintKey, droppedNames } from '../replaced.ts';
import { changesType, renamesColumn } from '../retype/retypes.ts';
import type { InDraft, TwinColumn } from './twin.ts';

/** The renames of columns of one table, in their order. */
export function renamesOf(draft: readonly Statement[], table: RelationName): readonly Statement[] {
  return draft.filter((one) => renamesColumn(one) && keyOf(relationName(one.node['relation'])) === keyOf(table));
}

/** The columns that they rename; one that nobody knows is left out. */
export function columnsOf(renames: readonly Statement[], facts: RelationFacts): readonly TwinColumn[] {
  return renames.flatMap(({ node }) => {
    const own = facts.columns.find(({ name }) => name === node['subname']);
    return own === undefined ? [] : [{ own, fresh: String(node['newname']) }];
  });
}

export const NO_KEY = 'the table has no key by which its rows could be filled in batches';

/** Why these columns cannot have two names for a time. NULL: they can. */
export function obstacle(
  renames: readonly Statement[],
  columns: readonly TwinColumn[],
  table: RelationName,
  facts: RelationFacts,
  { draft }: Context,
): string | null {
  if (facts.kind !== 'table') return `it is a ${facts.kind}`;
  if (facts.isPartition) return 'it is a partition';
  if (!facts.isWalkable) return NO_KEY;
  const known = new Set(facts.columns.map(({ name }) => name));
  const isChain = columns.length < renames.length || columns.some(({ fresh }) => known.has(fresh));
  if (isChain) return 'one takes the name that another one had';
  if (columns.some(({ own }) => own.generated !== null)) return 'it is generated';
  const names = new Set(columns.map(({ own }) => own.name));
  const excluded = facts.constraints.find(
    ({ kind, columns: on }) => kind === 'exclusion' && on.some((name) => names.has(name)),
  );
  if (excluded !== undefined) return `it is in the exclusion constraint ${excluded.name}`;
  const dependent = facts.dependents.find(({ column, path }) => names.has(column) && !isGone(draft, path));
  if (dependent !== undefined) return `${dependent.what} reads it`;
  return isRetyped(draft, table) ? 'the same migration changes the type of a column of that table, too' : null;
}

/** Whether the draft drops it, to make it again or not, or writes a policy anew: it reads the old column no more when that goes. */
function isGone(draft: readonly Statement[], path: string | null): boolean {
  return draft.some(({ kind, node }) => {
    if (kind === 'DropStmt') return droppedNames(node).some((words) => words.join('.') === path);
    return (
      kind === 'AlterPolicyStmt' && `${keyOf(relationName(node['table']))}.${String(node['policy_name'])}` === path
    );
  });
}

function isRetyped(draft: readonly Statement[], table: RelationName): boolean {
  return draft.some((one) => changesType(one) && keyOf(relationName(one.node['relation'])) === keyOf(table));
}

/** What else the draft does to what stands on the columns. Takes over the constraints that it writes anew for the new names. */
export function inDraft(table: RelationName, facts: RelationFacts, context: Context): InDraft {
  const { draft, replacements, move } = context;
  const anew = new Map<string, string>();
  for (const { name, kind } of facts.constraints) {
    const added = replacements.added.get(constraintKey(table, name));
    const definition = kind === 'check' || kind === 'foreign key' ? definitionIn(added) : null;
    if (added === undefined || definition === null) continue;
    move(added);
    anew.set(name, definition);
  }
  return {
    anew,
    dropped: new Set(draft.flatMap((one) => droppedIn(one, table))),
    renamed: new Map(draft.flatMap((one) => renamedIn(one, table))),
  };
}

/** The rule of a sole ADD CONSTRAINT. */
export function definitionIn(added: Statement | undefined): string | null {
  if (added === undefined) return null;
  const rule = tokensOf(added.text).find(({ text, depth }) => depth === 0 && (text === 'CHECK' || text === 'FOREIGN'));
  return rule === undefined ? null : cut(added.text, rule.start);
}

function droppedIn({ kind, node }: Statement, table: RelationName): readonly string[] {
  if (kind === 'DropStmt' && node['removeType'] === 'OBJECT_INDEX')
    return droppedNames(node).flatMap((words) => words.at(-1) ?? []);
  if (kind !== 'AlterTableStmt' || keyOf(relationName(node['relation'])) !== keyOf(table)) return [];
  const actions = node['cmds'] as readonly { readonly AlterTableCmd: SqlNode }[];
  return actions.flatMap(({ AlterTableCmd: action }) =>
    action['subtype'] === 'AT_DropConstraint' ? [String(action['name'])] : [],
  );
}

function renamedIn({ kind, node }: Statement, table: RelationName): readonly (readonly [string, string])[] {
  if (kind !== 'RenameStmt') return [];
  const to = String(node['newname']);
  if (node['renameType'] === 'OBJECT_INDEX') return [[relationName(node['relation']).name, to]];
  const isConstraint =
    node['renameType'] === 'OBJECT_TABCONSTRAINT' && keyOf(relationName(node['relation'])) === keyOf(table);
  return isConstraint ? [[String(node['subname']), to]] : [];
}
