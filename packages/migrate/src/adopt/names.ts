import { quoteIdentifier } from '../objects/quote.ts';

export const q = quoteIdentifier;

/** `"schema"."name"`. */
export function at(schema: string, name: string): string {
  return `${q(schema)}.${q(name)}`;
}

/** A name with something behind it, within the 63 bytes that a name has. */
export function suffixed(name: string, suffix: string): string {
  let base = name;
  while (Buffer.byteLength(base + suffix, 'utf8') > 63) base = base.slice(0, -1);
  return base + suffix;
}

/** A list of quoted names. */
export function list(names: readonly string[]): string {
  return names.map(q).join(', ');
}

/** Whether a qualified name, quoted where it needs it, is that of a relation. */
export function isNamed(text: string, { schema, name }: { readonly schema: string; readonly name: string }): boolean {
  return [schema, q(schema)].some((first) => [name, q(name)].some((second) => text === `${first}.${second}`));
}
