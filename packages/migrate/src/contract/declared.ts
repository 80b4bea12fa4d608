import { getColumns, is } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import { declaredRelations } from '../catalog/missing-relations.ts';
import { relationName } from '../objects/relation.ts';
import type { TakenAway } from './taken-away.ts';

/** What is taken away, and how code names it. */
export interface Named extends TakenAway {
  /** Exports of the schema that are that table or view; empty where none is declared. */
  readonly exports: readonly string[];
  /** Properties by which code names the column: the declared one, else the usual ones of a column of that name. */
  readonly keys: readonly string[];
  /** Whether the schema still declares it. */
  readonly isDeclared: boolean;
}

/** Finds the declarations of what is taken away among the exports of a domain's schema. */
export function named(taken: TakenAway, schema: Readonly<Record<string, unknown>>): Named {
  const relations = new Set<unknown>(declaredRelations(schema));
  const found = Object.entries(schema).filter(([, value]) => {
    if (!relations.has(value)) return false;
    const { schema: owner, name } = relationName(value as Parameters<typeof relationName>[0]);
    return owner === taken.schema && name === taken.table;
  });
  const { column } = taken;
  const declared = found.flatMap(([, value]) =>
    column === null || !is(value, PgTable)
      ? []
      : Object.entries(getColumns(value)).flatMap(([key, { name }]) => (name === column ? [key] : [])),
  );
  // A key that is declared for another column, as after a rename in the database alone, names that one.
  const others = new Set(found.flatMap(([, value]) => (is(value, PgTable) ? Object.keys(getColumns(value)) : [])));
  const usual = column === null ? [] : [camelCase(column), column].filter((key) => !others.has(key));
  return {
    ...taken,
    exports: found.map(([name]) => name),
    keys: [...new Set(declared.length > 0 ? declared : usual)],
    isDeclared: column === null ? found.length > 0 : declared.length > 0,
  };
}

function camelCase(name: string): string {
  return name.replaceAll(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
