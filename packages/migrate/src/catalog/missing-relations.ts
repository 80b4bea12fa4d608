import { is } from 'drizzle-orm';
import { PgMaterializedView, PgTable, PgView } from 'drizzle-orm/pg-core';
import type { Sql } from 'postgres';
import { type Relation, relationName } from '../objects/relation.ts';

/** Every table and view that a schema module exports. */
export function declaredRelations(schema: Readonly<Record<string, unknown>>): readonly Relation[] {
  return Object.values(schema).filter(
    (value): value is Relation => is(value, PgTable) || is(value, PgView) || is(value, PgMaterializedView),
  );
}

/** Declared tables and views that the database does not have, as `schema.name`. */
export async function missingRelations(
  sql: Sql,
  schema: Readonly<Record<string, unknown>>,
): Promise<readonly string[]> {
  const names = declaredRelations(schema).map(relationName);
  const rows = await sql<{ quoted: string }[]>`
    SELECT quoted FROM jsonb_array_elements_text(${JSON.stringify(names.map(({ quoted }) => quoted))}::text::jsonb) AS quoted WHERE to_regclass(quoted) IS NULL`;
  const missing = new Set(rows.map(({ quoted }) => quoted));
  return names.filter(({ quoted }) => missing.has(quoted)).map(({ schema: owner, name }) => `${owner}.${name}`);
}
