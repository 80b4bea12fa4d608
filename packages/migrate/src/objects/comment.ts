import { type Column, getColumnTable, is } from 'drizzle-orm';
import { PgColumn, type PgTable } from 'drizzle-orm/pg-core';
import type { SqlObject } from './object.ts';
import { quoteIdentifier, quoteLiteral } from './quote.ts';
import { type Relation, relationName } from './relation.ts';

/** COMMENT ON a table, view, materialized view or column. */
export function comment(target: Relation | Column, text: string): SqlObject {
  return is(target, PgColumn) ? onColumn(target, text) : onRelation(target as Relation, text);
}

function onColumn(column: Column, text: string): SqlObject {
  const table = relationName(getColumnTable<PgTable>(column));
  return {
    kind: 'comment',
    name: `${table.name}.${column.name}`,
    sql: `COMMENT ON COLUMN ${table.quoted}.${quoteIdentifier(column.name)} IS ${quoteLiteral(text)}`,
  };
}

function onRelation(relation: Relation, text: string): SqlObject {
  const { keyword, quoted, name } = relationName(relation);
  return { kind: 'comment', name, sql: `COMMENT ON ${keyword} ${quoted} IS ${quoteLiteral(text)}` };
}
