import { quoteIdentifier } from '../objects/quote.ts';
import { type Statement, wholeNode } from './parse.ts';
import { cut, tokensOf } from './tokens.ts';

/** An UPDATE that can be run in batches by ranges of its table's key. */
export interface BatchedUpdate {
  /** Qualified where the statement does, and quoted. */
  readonly table: string;
  /** The rows that it has not changed yet: `SELECT count(*)` of those that its condition finds. */
  readonly remaining: string;
  /** The UPDATE of the rows with `key > $1 AND key <= $2`, both of that type; $1 may be NULL. */
  batch(key: { readonly column: string; readonly type: string }): string;
}

export type Batched =
  | { readonly ok: true; readonly update: BatchedUpdate }
  | { readonly ok: false; readonly why: string };

/** Reads an UPDATE of a `-- db: in-batches` file. Its condition must be false for a row that it has changed; that is not seen here. */
export function batchedUpdate(statement: Statement): Batched {
  const node = wholeNode(statement);
  const { text } = statement;
  const refuse = (why: string): Batched => ({ ok: false, why });
  if (statement.kind !== 'UpdateStmt') return refuse('it is no UPDATE');
  if (node['withClause'] !== undefined) return refuse('it has a WITH');
  if (node['fromClause'] !== undefined) return refuse('it has a FROM: read the other table in a subquery');
  if (node['returningList'] !== undefined || node['returningClause'] !== undefined) return refuse('it has a RETURNING');
  if (node['whereClause'] === undefined) {
    return refuse('it has no WHERE that leaves out the rows that are done, so no batch could tell them');
  }
  if (Object.hasOwn(node['whereClause'] as object, 'CurrentOfExpr')) return refuse('it is of a cursor');
  const words = tokensOf(text).filter(({ depth }) => depth === 0);
  const set = words.find((word) => word.text === 'SET');
  const where = words.findLast((word) => word.text === 'WHERE');
  if (set === undefined || where === undefined) return refuse('its parts were not found');
  const target = cut(text, words[0]?.end ?? 0, set.start).trim();
  const condition = cut(text, where.end).trim();
  const range = node['relation'] as { readonly schemaname?: string; readonly relname: string };
  return {
    ok: true,
    update: {
      table: [...(range.schemaname === undefined ? [] : [range.schemaname]), range.relname]
        .map(quoteIdentifier)
        .join('.'),
      remaining: `SELECT count(*) FROM ${target} WHERE (${condition}\n)`,
      batch: ({ column, type }) => {
        const key = quoteIdentifier(column);
        return `${cut(text, 0, where.start)}WHERE (${condition}\n) AND ($1::${type} IS NULL OR ${key} > $1::${type}) AND ${key} <= $2::${type}`;
      },
    },
  };
}
