import { keyOf, type Name } from '../name.ts';
import type { Action, ConstraintFacts } from '../read/action.ts';
import type { Catalog } from './catalog.ts';
import { constraintName } from './constraint-name.ts';

/** What an action does to constraints. */
export function foldConstraint(catalog: Catalog, action: Action, file: string): void {
  switch (action.does) {
    case 'add-constraint':
      addConstraint(catalog, action.table, action.constraint, file);
      break;
    case 'drop-constraint':
      catalog.change(action.table, ({ constraints }) => ({
        constraints: constraints.filter(({ name }) => name !== action.constraint),
      }));
      catalog.indexes.delete(keyOf({ schema: schemaOf(catalog, action.table), name: action.constraint }));
      break;
    case 'validate':
      catalog.change(action.table, ({ constraints }) => ({
        constraints: constraints.map((constraint) =>
          constraint.name === action.constraint ? { ...constraint, validated: true } : constraint,
        ),
      }));
      break;
    case 'rename':
      if (action.kind !== 'tabconstraint' && action.kind !== 'constraint') break;
      catalog.change(action.object, ({ constraints }) => ({
        constraints: constraints.map((constraint) =>
          constraint.name === action.from ? { ...constraint, name: action.to } : constraint,
        ),
      }));
      break;
    default:
  }
}

/** A constraint with the name it gets; a key brings its index, a primary key makes its columns NOT NULL. */
export function addConstraint(catalog: Catalog, table: Name, constraint: ConstraintFacts, file: string): void {
  const name = constraintName(table, constraint);
  const index =
    constraint.usingIndex === null ? undefined : catalog.index(nameIn(catalog, table, constraint.usingIndex));
  const columns = index === undefined ? constraint.columns : index.columns.flatMap((column) => column ?? []);
  catalog.change(table, ({ constraints }) => ({
    constraints: [...constraints.filter((known) => known.name !== name), { ...constraint, name, columns, file }],
  }));
  if (constraint.kind === 'not-null' && constraint.validated) setNotNull(catalog, table, columns);
  if (constraint.kind === 'primary') setNotNull(catalog, table, columns);
  if (constraint.kind !== 'primary' && constraint.kind !== 'unique') return;
  if (index !== undefined) catalog.indexes.delete(keyOf(index.name));
  const facts = { columns, unique: true, partial: false, method: 'btree', table };
  const named = nameIn(catalog, table, name);
  catalog.indexes.set(keyOf(named), { ...facts, name: named });
}

function setNotNull(catalog: Catalog, table: Name, names: readonly string[]): void {
  catalog.change(table, ({ columns }) => ({
    columns: new Map(
      [...columns].map(([name, column]) => [name, names.includes(name) ? { ...column, notNull: true } : column]),
    ),
  }));
}

function nameIn(catalog: Catalog, table: Name, name: string): Name {
  return { schema: schemaOf(catalog, table), name };
}

const schemaOf = (catalog: Catalog, table: Name) => catalog.table(table)?.name.schema ?? table.schema;
