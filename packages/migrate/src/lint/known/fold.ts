import { keyOf, type Name } from '../name.ts';
import type { Action, ActionOf, ColumnFacts, Does } from '../read/action.ts';
import type { Catalog } from './catalog.ts';
import { foldColumn } from './fold-column.ts';
import { addConstraint, foldConstraint } from './fold-constraint.ts';

/** Brings a catalog to the state after an action. `file`: where that stands. */
export function fold(catalog: Catalog, action: Action, file: string): void {
  FOLDS[action.does]?.(catalog, action as never, file);
  foldColumn(catalog, action, file);
  foldConstraint(catalog, action, file);
}

type Folds = { readonly [D in Does]?: (catalog: Catalog, action: ActionOf<D>, file: string) => void };

const EMPTY = { policies: [], rowSecurity: false, constraints: [] } as const;
const NO_COLUMNS: ReadonlyMap<string, ColumnFacts> = new Map();

const FOLDS: Folds = {
  'create-table': (catalog, action, file) => {
    if (action.ifNotExists && catalog.table(action.table) !== undefined) return;
    const { table, partitioned, partitionOf, isDefault, inherits } = action;
    const columns = new Map(action.columns.map((column) => [column.name, column]));
    const facts = { partitioned, partitionOf, isDefault, inherits, columns };
    catalog.put({ ...EMPTY, ...facts, name: table, kind: 'table', file });
    for (const constraint of action.constraints) addConstraint(catalog, table, constraint, file);
  },
  'create-table-as': (catalog, { table, materialized }, file) =>
    putPlain(catalog, table, materialized ? 'matview' : 'table', file),
  'create-view': (catalog, { view }, file) => putPlain(catalog, view, 'view', file),
  'create-index': (catalog, action, file) => createIndex(catalog, action, file),
  drop: (catalog, action) => drop(catalog, action),
  rename: (catalog, action) => rename(catalog, action),
  'set-schema': (catalog, { kind, object, to }) => {
    if (kind === 'table' || kind === 'matview' || kind === 'view') move(catalog, object, { ...object, schema: to });
  },
  attach: (catalog, { table, partition, isDefault }) =>
    catalog.change(partition, () => ({ partitionOf: catalog.table(table)?.name ?? table, isDefault })),
  detach: (catalog, { partition }) => catalog.change(partition, () => ({ partitionOf: null, isDefault: false })),
  'create-enum': (catalog, { type, values }, file) => {
    catalog.enums.set(keyOf(type), { file, values: new Map(values.map((value) => [value, file])) });
  },
  'add-value': (catalog, { type, value }, file) => {
    const known = catalog.enums.get(keyOf(type)) ?? { file: '', values: new Map<string, string>() };
    catalog.enums.set(keyOf(type), { ...known, values: new Map([...known.values, [value, file]]) });
  },
  'create-function': (catalog, action) => {
    const { body, volatility } = action;
    catalog.functions.set(keyOf(action.function), { name: action.function, body, volatility });
  },
  'create-policy': (catalog, { table, policy }) =>
    catalog.change(table, ({ policies }) => ({ policies: [...policies, policy] })),
  'alter-table': (catalog, { table, part }) => {
    if (part === 'AT_EnableRowSecurity') catalog.change(table, () => ({ rowSecurity: true }));
    if (part === 'AT_DisableRowSecurity') catalog.change(table, () => ({ rowSecurity: false }));
  },
};

function putPlain(catalog: Catalog, name: Name, kind: 'table' | 'view' | 'matview', file: string): void {
  if (kind === 'view' && catalog.table(name) !== undefined) return;
  const plain = { partitioned: false, partitionOf: null, isDefault: false, inherits: true, columns: NO_COLUMNS };
  catalog.put({ ...EMPTY, ...plain, name, kind, file });
}

function createIndex(catalog: Catalog, action: ActionOf<'create-index'>, _file: string): void {
  const { table, columns, unique, partial, method } = action;
  const name = action.index ?? {
    schema: table.schema,
    name: [table.name, ...columns.map((column) => column ?? 'expr'), 'idx'].join('_').slice(0, 63),
  };
  catalog.indexes.set(keyOf(name), { name, table, columns, unique, partial, method });
}

function drop(catalog: Catalog, { kind, names, on }: ActionOf<'drop'>): void {
  for (const name of names) {
    if (kind === 'table' || kind === 'view' || kind === 'matview') catalog.remove(name);
    if (kind === 'index') catalog.indexes.delete(keyOf(catalog.index(name)?.name ?? name));
    if (kind === 'function' || kind === 'procedure') catalog.functions.delete(keyOf(name));
    if (kind === 'type') catalog.enums.delete(keyOf(name));
    if (kind === 'policy' && on !== null)
      catalog.change(on, ({ policies }) => ({ policies: policies.filter((policy) => policy !== name.name) }));
    if (kind === 'schema') {
      for (const table of catalog.tables()) if (table.name.schema === name.name) catalog.remove(table.name);
    }
  }
}

function rename(catalog: Catalog, { kind, object, from, to }: ActionOf<'rename'>): void {
  if (kind === 'table' || kind === 'view' || kind === 'matview') move(catalog, object, { ...object, name: to });
  if (kind === 'index') {
    const index = catalog.index(object);
    if (index === undefined) return;
    catalog.indexes.delete(keyOf(index.name));
    const name = { ...index.name, name: to };
    catalog.indexes.set(keyOf(name), { ...index, name });
  }
  if (kind === 'type') {
    const known = catalog.enums.get(keyOf(object));
    if (known === undefined) return;
    catalog.enums.delete(keyOf(object));
    catalog.enums.set(keyOf({ ...object, name: to }), known);
  }
  if (kind === 'schema') {
    for (const table of catalog.tables())
      if (table.name.schema === from) move(catalog, table.name, { ...table.name, schema: to });
  }
}

/** A relation under another name, with its indexes and partitions. */
function move(catalog: Catalog, from: Name, to: Name): void {
  const table = catalog.table(from);
  if (table === undefined) return;
  const [indexes, partitions] = [catalog.indexesOf(from), catalog.partitionsOf(from)];
  catalog.remove(table.name);
  catalog.put({ ...table, name: to });
  for (const index of indexes) {
    const name = { ...index.name, schema: to.schema };
    catalog.indexes.set(keyOf(name), { ...index, name, table: to });
  }
  for (const partition of partitions) catalog.change(partition.name, () => ({ partitionOf: to }));
}
