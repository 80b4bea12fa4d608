import { quoteIdentifier } from '../objects/quote.ts';

/** A name as it was written. NULL schema: the search_path decides. */
export interface Name {
  readonly schema: string | null;
  readonly name: string;
}

/** Quoted and, where the schema is known, qualified. */
export function show({ schema, name }: Name): string {
  return schema === null ? quoteIdentifier(name) : `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/** For messages: unquoted. */
export function plainName({ schema, name }: Name): string {
  return schema === null ? name : `${schema}.${name}`;
}

/** The name that the words of a qualified name give. */
export function nameOf(path: readonly string[]): Name {
  return { schema: path.at(-2) ?? null, name: path.at(-1) ?? '' };
}

/** One key for equal names; without a schema it is taken for `public`. */
export function keyOf({ schema, name }: Name): string {
  return JSON.stringify([schema ?? 'public', name]);
}

export function quoted(columns: readonly string[]): string {
  return columns.map(quoteIdentifier).join(', ');
}
