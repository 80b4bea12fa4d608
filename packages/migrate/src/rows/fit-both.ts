import type { ColumnToFill, Fillable, Rule, TableToFill, TypeFacts } from './tables.ts';

/** The tables of one state, to be filled with rows that also fit a later one: its NOT NULLs, checks, keys and types, as far as tables and
 *  columns still bear their names there. Pure. */
export function fitBoth(now: Fillable, later: Fillable): Fillable {
  const known = new Set(now.tables.map(({ name }) => name));
  const tables = now.tables.map((table) => {
    const other = later.tables.find(({ name }) => name === table.name);
    return other === undefined ? table : merged(table, other, known);
  });
  const types = [...now.types].map(([name, type]) => [name, inBoth(type, later.types.get(name))] as const);
  return { tables, types: new Map([...later.types, ...types]) };
}

/** An enum without the values that the later state lacks, as far as any are left. */
function inBoth(type: TypeFacts, later: TypeFacts | undefined): TypeFacts {
  const labels = type.labels.filter((label) => later?.labels.includes(label) ?? true);
  return labels.length === 0 ? type : { ...type, labels };
}

function merged(table: TableToFill, later: TableToFill, known: ReadonlySet<string>): TableToFill {
  const names = new Set(table.columns.map(({ name }) => name));
  const isHere = ({ columns }: { readonly columns: readonly string[] }) => columns.every((name) => names.has(name));
  const has = (rule: Rule) => table.rules.some(({ text }) => text === rule.text);
  const newRules = later.rules.filter((rule) => rule.name !== '' && isHere(rule) && !has(rule));
  const newKeys = later.foreignKeys.filter(
    (key) =>
      isHere(key) && known.has(key.parent) && !table.foreignKeys.some((one) => `${one.columns}` === `${key.columns}`),
  );
  return {
    ...table,
    columns: table.columns.map((column) => fitted(column, later)),
    rules: [...table.rules, ...newRules.map((rule) => ({ ...rule, isLater: true }))],
    foreignKeys: [...table.foreignKeys, ...newKeys],
  };
}

function fitted(column: ColumnToFill, later: TableToFill): ColumnToFill {
  const other = later.columns.find(({ name }) => name === column.name);
  if (other === undefined) return column;
  const notNull = column.notNull || other.notNull;
  return { ...column, notNull, ...(other.type === column.type ? {} : { laterType: other.type }) };
}
