import { quoteIdentifier } from '../objects/quote.ts';
import type { SqlNode } from '../sql/parse.ts';

/** The name of a relation as a statement gives it. */
export interface RelationName {
  /** NULL: the search_path decides. */
  readonly schema: string | null;
  readonly name: string;
}

/** Reads a RangeVar of the parse tree. */
export function relationName(range: unknown): RelationName {
  const node = (range as { readonly RangeVar?: SqlNode }).RangeVar ?? (range as SqlNode);
  const schema = node['schemaname'];
  return { schema: typeof schema === 'string' ? schema : null, name: String(node['relname']) };
}

/** As facts name it. */
export function keyOf({ schema, name }: RelationName): string {
  return schema === null ? name : `${schema}.${name}`;
}

/** As statements name it. */
export function quoted({ schema, name }: RelationName): string {
  return schema === null ? quoteIdentifier(name) : `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}
