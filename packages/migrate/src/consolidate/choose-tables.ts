import { is } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { declaredRelations } from '../catalog/missing-relations.ts';
import type { DomainModule } from '../config/config.ts';

/** A domain's tables as a legacy database may have them. */
export interface WantedTable {
  readonly name: string;
  /** Its name there, the first one that is there is taken. */
  readonly from: readonly string[];
  /** Names of columns that it may have there: declared ones, and those that they stand for. */
  readonly columns: readonly string[];
}

export function wantedTables({ schema, adopt }: DomainModule): readonly WantedTable[] {
  return declaredRelations(schema)
    .filter((relation) => is(relation, PgTable))
    .map((table) => {
      const { name, columns } = getTableConfig(table as PgTable);
      const mapping = adopt?.tables[name];
      const legacy = Object.values(mapping?.columns ?? {}).flatMap((column) => Object.keys(column.legacy ?? {}));
      return {
        name,
        from: [name, ...(mapping?.from ?? [])],
        columns: [...columns.map((column) => column.name), ...legacy],
      };
    });
}

/** The names, in the legacy database, of the tables that are a domain's, and how much they look like them: the share of their columns that
 *  the domain knows. Pure. */
export function chooseTables(
  wanted: readonly WantedTable[],
  found: ReadonlyMap<string, readonly string[]>,
): { readonly names: readonly string[]; readonly likeness: number } {
  const chosen = wanted.flatMap((table) => {
    const name = table.from.find((one) => found.has(one));
    return name === undefined ? [] : [{ name, table, columns: found.get(name) ?? [] }];
  });
  const columns = chosen.flatMap(({ table, columns: has }) => has.map((column) => table.columns.includes(column)));
  return {
    names: chosen.map(({ name }) => name),
    likeness: columns.length === 0 ? 0 : columns.filter(Boolean).length / columns.length,
  };
}
