import type { SqlNode, Statement } from '../sql/parse.ts';
import type { OnlineFacts, RelationFacts } from './facts.ts';
import { keyOf, type RelationName, relationName } from './relation-name.ts';

/** What a draft drops and makes again: it must not be gone while the new one is built. */
export interface Replacements {
  /** The statement that makes such a thing again → the one that drops it, which goes with it. */
  readonly drops: ReadonlyMap<Statement, Statement>;
  /** The constraint of that table, by the name that is dropped, that an added one of this name stands for. */
  readonly constraints: ReadonlyMap<string, string>;
  /** The statement that adds such a constraint. */
  readonly added: ReadonlyMap<string, Statement>;
  /** Indexes that are made again. */
  readonly indexes: ReadonlySet<string>;
  /** Indexes that take the place of a unique constraint of their name. */
  readonly formerConstraints: ReadonlySet<string>;
  /** Constraints that take the place of an index of their name. */
  readonly formerIndexes: ReadonlySet<string>;
}

export const constraintKey = (table: RelationName, name: string) => `${keyOf(table)} ${name}`;

/** Finds the constraints and indexes that a draft drops in a statement of their own and adds again after it, by the same name; a
 *  primary key by any name, a unique constraint also as an index and the other way round. Not where something else is dropped, renamed or retyped between, which may need the drop to come first. */
export function findReplacements(statements: readonly Statement[], facts: OnlineFacts): Replacements {
  const found = {
    drops: new Map<Statement, Statement>(),
    constraints: new Map<string, string>(),
    added: new Map<string, Statement>(),
    indexes: new Set<string>(),
    formerConstraints: new Set<string>(),
    formerIndexes: new Set<string>(),
  };
  /** Name now → name in the facts. */
  const tables = new Map<string, string>();
  for (const [at, statement] of statements.entries()) {
    noteRename(statement, tables);
    const rest = statements.slice(at + 1);
    const end = rest.findIndex(needsOrder);
    const later = end === -1 ? rest : rest.slice(0, end);
    const index = droppedIndex(statement);
    const indexAgain = later.find((other) => index !== undefined && createdIndex(other) === index);
    if (index !== undefined && indexAgain !== undefined) {
      found.drops.set(indexAgain, statement);
      found.indexes.add(index);
    }
    const asConstraint = later.find((other) => index !== undefined && addedUnique(other)?.index === index);
    if (index !== undefined && asConstraint !== undefined) {
      found.drops.set(asConstraint, statement);
      found.formerIndexes.add(addedUnique(asConstraint)?.key ?? '');
    }
    const dropped = droppedConstraint(statement);
    const asIndex = later.find((other) => dropped !== undefined && createdIndex(other) === dropped);
    if (dropped !== undefined && asIndex !== undefined) {
      found.drops.set(asIndex, statement);
      found.formerConstraints.add(dropped);
    }
    const again = constraintAgain(statement, later, (table) =>
      facts.relations.get(tables.get(keyOf(table)) ?? keyOf(table)),
    );
    if (again === undefined) continue;
    found.drops.set(again.by, statement);
    found.constraints.set(again.key, again.name);
    found.added.set(again.key, again.by);
  }
  return found;
}

/** Statements over which a drop is not moved. */
function needsOrder(statement: Statement): boolean {
  const { kind } = statement;
  if (kind === 'DropStmt') return droppedIndex(statement) === undefined;
  return kind === 'RenameStmt' || actionsOf(statement).some(({ subtype }) => OF_COLUMNS.has(String(subtype)));
}

const OF_COLUMNS = new Set(['AT_DropColumn', 'AT_AlterColumnType']);

function noteRename({ kind, node }: Statement, tables: Map<string, string>): void {
  if (kind !== 'RenameStmt' || node['renameType'] !== 'OBJECT_TABLE') return;
  const from = relationName(node['relation']);
  tables.set(keyOf({ ...from, name: String(node['newname']) }), tables.get(keyOf(from)) ?? keyOf(from));
}

function constraintAgain(
  statement: Statement,
  later: readonly Statement[],
  relation: (table: RelationName) => RelationFacts | undefined,
) {
  const drop = soleAction(statement, 'AT_DropConstraint');
  if (drop === undefined) return undefined;
  const name = String(drop.action['name']);
  const known = relation(drop.table)?.constraints.find((one) => one.name === name);
  for (const by of known === undefined ? [] : later) {
    const add = soleAction(by, 'AT_AddConstraint');
    const added = add && definitionOf(add.action)?.['conname'];
    if (add === undefined || added === undefined || keyOf(add.table) !== keyOf(drop.table)) continue;
    if (standsFor(add.action, name, known?.kind)) return { by, name, key: constraintKey(add.table, String(added)) };
  }
  return undefined;
}

function standsFor(action: SqlNode, name: string, kind: string | undefined): boolean {
  const added = definitionOf(action);
  return added?.['conname'] === name || (kind === 'primary key' && added?.['contype'] === 'CONSTR_PRIMARY');
}

const definitionOf = (action: SqlNode) => (action['def'] as { readonly Constraint?: SqlNode } | undefined)?.Constraint;

function actionsOf({ kind, node }: Statement): readonly SqlNode[] {
  if (kind !== 'AlterTableStmt') return [];
  return (node['cmds'] as readonly { readonly AlterTableCmd: SqlNode }[]).map(({ AlterTableCmd }) => AlterTableCmd);
}

function soleAction(statement: Statement, subtype: string) {
  const [action, more] = actionsOf(statement);
  if (action?.['subtype'] !== subtype || more !== undefined) return undefined;
  return { table: relationName(statement.node['relation']), action };
}

/** `schema.name` of the one index that a statement drops. */
function droppedIndex({ kind, node }: Statement): string | undefined {
  if (kind !== 'DropStmt' || node['removeType'] !== 'OBJECT_INDEX') return undefined;
  const [path, more] = droppedNames(node);
  return more === undefined ? path?.join('.') : undefined;
}

/** `schema.name` of the index of the one constraint that a statement drops. */
function droppedConstraint(statement: Statement): string | undefined {
  const drop = soleAction(statement, 'AT_DropConstraint');
  return drop === undefined ? undefined : keyOf({ ...drop.table, name: String(drop.action['name']) });
}

/** The one unique constraint that a statement adds, with a name, and builds. */
function addedUnique(statement: Statement): { readonly key: string; readonly index: string } | undefined {
  const add = soleAction(statement, 'AT_AddConstraint');
  const added = add && definitionOf(add.action);
  if (add === undefined || added?.['contype'] !== 'CONSTR_UNIQUE' || added['indexname'] !== undefined) return undefined;
  const name = String(added['conname']);
  return { key: constraintKey(add.table, name), index: keyOf({ ...add.table, name }) };
}

function createdIndex({ kind, node }: Statement): string | undefined {
  if (kind !== 'IndexStmt' || node['idxname'] === undefined) return undefined;
  return keyOf({ ...relationName(node['relation']), name: String(node['idxname']) });
}

/** The qualified names of a DROP, as lists of words. */
export function droppedNames(node: SqlNode): readonly (readonly string[])[] {
  const objects = node['objects'] as readonly { readonly List?: { readonly items: readonly unknown[] } }[];
  return objects.map(({ List }) =>
    (List?.items ?? []).map((item) =>
      String((item as { readonly String?: { readonly sval?: string } }).String?.sval ?? ''),
    ),
  );
}
