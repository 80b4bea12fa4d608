import type { Column } from 'drizzle-orm';
import type { SqlObject } from './object.ts';
import { quoteIdentifier } from './quote.ts';
import { type Relation, relationName } from './relation.ts';

export interface IndexDeclaration {
  readonly name: string;
  readonly on: Relation;
  /** Columns, or raw SQL such as `"timestamp" DESC` and `coalesce(model, '')`. */
  readonly columns: readonly (Column | string)[];
  readonly unique?: boolean;
  /** `btree` unless said. */
  readonly using?: 'btree' | 'gin' | 'gist' | 'brin' | 'hash';
  readonly include?: readonly Column[];
  /** NULLs are equal to each other. Postgres 15 and newer. */
  readonly nullsNotDistinct?: boolean;
  /** Raw SQL predicate. */
  readonly where?: string;
}

/** CREATE INDEX for what drizzle-kit cannot model: INCLUDE, NULLS NOT DISTINCT, indexes of materialized views. */
export function index(declared: IndexDeclaration): SqlObject {
  const {
    name,
    on,
    columns,
    unique = false,
    using = 'btree',
    include = [],
    nullsNotDistinct = false,
    where,
  } = declared;
  const { quoted } = relationName(on);
  const keys = columns.map((column) => (typeof column === 'string' ? column : quoteIdentifier(column.name)));
  return {
    kind: 'index',
    name,
    sql: [
      `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${quoteIdentifier(name)} ON ${quoted} USING ${using} (${keys.join(', ')})`,
      ...(include.length > 0 ? [`INCLUDE (${include.map((column) => quoteIdentifier(column.name)).join(', ')})`] : []),
      ...(nullsNotDistinct ? ['NULLS NOT DISTINCT'] : []),
      ...(where === undefined ? [] : [`WHERE ${where}`]),
    ].join(' '),
  };
}
