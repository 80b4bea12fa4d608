import { is } from 'drizzle-orm';
import {
  getMaterializedViewConfig,
  getTableConfig,
  getViewConfig,
  PgMaterializedView,
  PgTable,
  type PgView,
} from 'drizzle-orm/pg-core';
import { quoteIdentifier } from './quote.ts';

export type Relation = PgTable | PgView | PgMaterializedView;

export interface RelationName {
  readonly keyword: 'TABLE' | 'VIEW' | 'MATERIALIZED VIEW';
  readonly schema: string;
  readonly name: string;
  /** `"schema"."name"`. */
  readonly quoted: string;
}

/** The declared name of a drizzle table or view; the schema is `public` where none is given. */
export function relationName(relation: Relation): RelationName {
  const [keyword, config] = is(relation, PgTable)
    ? (['TABLE', getTableConfig(relation)] as const)
    : is(relation, PgMaterializedView)
      ? (['MATERIALIZED VIEW', getMaterializedViewConfig(relation)] as const)
      : (['VIEW', getViewConfig(relation)] as const);
  const schema = config.schema ?? 'public';
  return { keyword, schema, name: config.name, quoted: `${quoteIdentifier(schema)}.${quoteIdentifier(config.name)}` };
}
