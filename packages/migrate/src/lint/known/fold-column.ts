import { keyOf, type Name } from '../name.ts';
import type { Action, ColumnFacts } from '../read/action.ts';
import type { Catalog, KnownTable } from './catalog.ts';
import { addConstraint } from './fold-constraint.ts';

/** What an action does to columns. */
export function foldColumn(catalog: Catalog, action: Action, file: string): void {
  const set = (table: Name, column: string, facts: Partial<ColumnFacts>) =>
    catalog.change(table, (known) => withColumn(known, column, facts));
  switch (action.does) {
    case 'add-column':
      catalog.change(action.table, ({ columns }) => ({
        columns: new Map([...columns, [action.column.name, action.column]]),
      }));
      for (const constraint of action.constraints) addConstraint(catalog, action.table, constraint, file);
      break;
    case 'drop-column':
      catalog.change(action.table, ({ columns, constraints }) => ({
        columns: new Map([...columns].filter(([name]) => name !== action.column)),
        constraints: constraints.filter((constraint) => !constraint.columns.includes(action.column)),
      }));
      for (const index of catalog.indexesOf(action.table))
        if (index.columns.includes(action.column)) catalog.indexes.delete(keyOf(index.name));
      break;
    case 'change-type':
      set(action.table, action.column, { type: action.type });
      break;
    case 'set-not-null':
    case 'drop-not-null':
      set(action.table, action.column, { notNull: action.does === 'set-not-null' });
      break;
    case 'add-identity':
      set(action.table, action.column, { identity: true });
      break;
    case 'rename':
      if (action.kind === 'column') renameColumn(catalog, action.object, action.from, action.to);
      break;
    default:
  }
}

function withColumn({ columns }: KnownTable, column: string, facts: Partial<ColumnFacts>): Partial<KnownTable> {
  const known = columns.get(column);
  return known === undefined ? {} : { columns: new Map([...columns, [column, { ...known, ...facts }]]) };
}

function renameColumn(catalog: Catalog, table: Name, from: string, to: string): void {
  const renamed = (name: string) => (name === from ? to : name);
  catalog.change(table, ({ columns, constraints }) => ({
    columns: new Map([...columns].map(([name, column]) => [renamed(name), { ...column, name: renamed(name) }])),
    constraints: constraints.map((constraint) => ({
      ...constraint,
      columns: constraint.columns.map(renamed),
      notNullOf: constraint.notNullOf === null ? null : renamed(constraint.notNullOf),
    })),
  }));
  for (const index of catalog.indexesOf(table)) {
    const columns = index.columns.map((name) => (name === null ? null : renamed(name)));
    catalog.indexes.set(keyOf(index.name), { ...index, columns });
  }
}
