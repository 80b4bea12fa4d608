import { quoteIdentifier } from '../objects/quote.ts';
import { columnDefinition } from '../online/column-definition.ts';
import type { OnlineFacts } from '../online/facts.ts';
import { keyOf, quoted, type RelationName, relationName } from '../online/relation-name.ts';
import { typeChange } from '../online/retype/type-change.ts';
import { type TypeName, typeNameOf } from '../online/retype/type-name.ts';
import { type AlterAction, splitAlter } from '../online/split-alter.ts';
import { parseSql, type SqlNode, type Statement, wholeNode } from '../sql/parse.ts';
import { ofCast } from './of-cast.ts';
import { ofConstraint, ofNotNull, reads } from './of-constraint.ts';
import { ofUniqueIndex } from './of-index.ts';
import type { Requirement } from './requirement.ts';

/** What the statements before have made, as far as the next one depends on it. */
export interface Made {
  /** Labels of enums, by name. */
  readonly enums: Map<string, readonly string[]>;
  /** Types of added columns: `table column`. */
  readonly columns: Map<string, { readonly name: TypeName; readonly text: string }>;
  /** Constraints that are not validated yet: `table constraint`. */
  readonly notValid: Map<string, readonly Requirement[]>;
}

export interface Known {
  readonly facts: OnlineFacts;
  /** Its major. */
  readonly server: number;
}

/** What one statement asks of the rows that are there; takes notice of what it makes. Pure. */
export function requirementsOf(statement: Statement, made: Made, known: Known): readonly Requirement[] {
  const { kind, node } = statement;
  switch (kind) {
    case 'IndexStmt':
      return ofUniqueIndex(statement);
    case 'CreateEnumStmt':
      made.enums.set(words(node['typeName']).join('.'), words(node['vals']));
      return [];
    case 'UpdateStmt':
      return ofUpdate(wholeNode(statement), made, known);
    case 'AlterTableStmt':
      return node['objtype'] === 'OBJECT_TABLE'
        ? splitAlter(statement).flatMap((action) => ofAction(action, made, known))
        : [];
    default:
      return [];
  }
}

function ofAction(action: AlterAction, made: Made, known: Known): readonly Requirement[] {
  const { table, node, subtype, body } = action;
  switch (subtype) {
    case 'AT_SetNotNull':
      return [ofNotNull(table, String(node['name']))];
    case 'AT_AddColumn':
      return ofAddedColumn(table, body, node, made);
    case 'AT_AddConstraint': {
      const constraint = (node['def'] as { readonly Constraint: SqlNode }).Constraint;
      const asked = ofConstraint(table, constraint, body, known.facts);
      if (constraint['skip_validation'] !== true) return asked;
      made.notValid.set(`${keyOf(table)} ${String(constraint['conname'])}`, asked);
      return [];
    }
    case 'AT_ValidateConstraint':
      return ofValidated(table, String(node['name']), made, known);
    case 'AT_AlterColumnType': {
      const change = typeChange(action);
      return change === null
        ? []
        : ofRetyped({ ...change, isExplicit: change.using !== null, type: change.type }, made, known);
    }
    default:
      return [];
  }
}

/** Its rows would have no value. */
function ofAddedColumn(table: RelationName, body: string, node: SqlNode, made: Made): readonly Requirement[] {
  const column = columnDefinition(table, body);
  const type = (node['def'] as { readonly ColumnDef: SqlNode }).ColumnDef['typeName'] as SqlNode;
  const name = typeNameOf(type);
  const modifiers = name.modifiers.length === 0 ? '' : `(${name.modifiers.join(', ')})`;
  made.columns.set(`${keyOf(table)} ${column.name}`, { name, text: `${name.base}${modifiers}` });
  const isGiven =
    column.default !== null ||
    column.identity !== null ||
    column.generated !== null ||
    /serial\d?$/.test(column.typeName);
  if (!column.notNull || isGiven) return [];
  return [
    {
      ...ofNotNull(table, column.name),
      condition: 'true',
      repair: `ALTER TABLE ${quoted(table)} ADD COLUMN ${quoteIdentifier(column.name)} … DEFAULT …`,
      reads: reads(table, ['*']),
    },
  ];
}

/** One that this run adds, or one that is there and was never validated. */
function ofValidated(table: RelationName, name: string, made: Made, { facts }: Known): readonly Requirement[] {
  const added = made.notValid.get(`${keyOf(table)} ${name}`);
  if (added !== undefined) return added;
  const there = facts.relations.get(keyOf(table))?.constraints.find((one) => one.name === name);
  if (there === undefined || there.validated) return [];
  const parsed = parseSql(`ALTER TABLE ${quoted(table)} ADD ${there.definition}`);
  const [statement] = parsed.ok ? parsed.statements : [];
  const [action] = statement === undefined ? [] : splitAlter(statement);
  if (action === undefined) return [];
  return ofConstraint(table, (action.node['def'] as { readonly Constraint: SqlNode }).Constraint, action.body, facts);
}

interface Retyped {
  readonly table: RelationName;
  readonly column: string;
  readonly to: TypeName;
  readonly type: string;
  readonly isPlainCast: boolean;
  readonly isExplicit: boolean;
}

function ofRetyped(
  { column, isPlainCast, ...change }: Retyped,
  made: Made,
  { facts, server }: Known,
): readonly Requirement[] {
  const there = facts.relations.get(keyOf(change.table))?.columns.find(({ name }) => name === column);
  if (there === undefined || !isPlainCast) return [];
  const labels = made.enums.get(change.to.base) ?? facts.enums.get(change.to.base) ?? null;
  return ofCast({ ...change, column: there, labels }, server);
}

/** A column that the run adds and fills from another one, as a swap does. */
function ofUpdate(node: SqlNode, made: Made, known: Known): readonly Requirement[] {
  const table = relationName(node['relation']);
  const targets = (node['targetList'] as readonly { readonly ResTarget: SqlNode }[]).map(({ ResTarget }) => ResTarget);
  return targets.flatMap(({ name, val }) => {
    const type = made.columns.get(`${keyOf(table)} ${String(name)}`);
    const from = castColumn(val);
    if (type === undefined || from === null) return [];
    return ofRetyped(
      { table, column: from.column, to: type.name, type: type.text, isPlainCast: true, isExplicit: from.isExplicit },
      made,
      known,
    );
  });
}

/** NULL: the value is more than a column, cast or not. */
function castColumn(value: unknown): { readonly column: string; readonly isExplicit: boolean } | null {
  const { TypeCast, ColumnRef } = (value ?? {}) as { readonly TypeCast?: SqlNode; readonly ColumnRef?: SqlNode };
  if (TypeCast !== undefined) {
    const inner = castColumn(TypeCast['arg']);
    return inner === null ? null : { ...inner, isExplicit: true };
  }
  const [name, more] = ColumnRef === undefined ? [] : words(ColumnRef['fields']);
  return name === undefined || more !== undefined ? null : { column: name, isExplicit: false };
}

function words(list: unknown): readonly string[] {
  const items = (list ?? []) as readonly { readonly String?: { readonly sval?: string } }[];
  return items.map((item) => item.String?.sval ?? '');
}
