import type { SqlNode } from '../../sql/parse.ts';
import { type Name, nameOf } from '../name.ts';

/** Readers of the parse tree that trust nothing: what is absent or of another form comes out empty. */
export function nodeOf(value: unknown): SqlNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as SqlNode) : {};
}

/** The node at the end of a path of keys. */
export function at(value: unknown, ...path: readonly string[]): SqlNode {
  return nodeOf(path.reduce<unknown>((node, key) => nodeOf(node)[key], value));
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function itemsOf(value: unknown): readonly SqlNode[] {
  return Array.isArray(value) ? value.map(nodeOf) : [];
}

/** The words of a list of `String`s. */
export function wordsOf(value: unknown): readonly string[] {
  return itemsOf(value).flatMap((item) => (item['String'] === undefined ? [] : [textOf(at(item, 'String')['sval'])]));
}

/** The name of a `RangeVar`, wrapped or bare. */
export function rangeOf(value: unknown): Name {
  const node = nodeOf(value);
  const range = node['RangeVar'] === undefined ? node : at(node, 'RangeVar');
  const schema = textOf(range['schemaname']);
  return { schema: schema === '' ? null : schema, name: textOf(range['relname']) };
}

export function namedBy(words: unknown): Name {
  return nameOf(wordsOf(words));
}

/** Every node of a kind below a value, from the outside in. */
export function nodesIn(value: unknown, kind: string): readonly SqlNode[] {
  if (Array.isArray(value)) return value.flatMap((item) => nodesIn(item, kind));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === kind ? [nodeOf(child), ...nodesIn(child, kind)] : nodesIn(child, kind),
  );
}

/** Names of the functions that an expression calls, without their schemas. */
export function functionsIn(value: unknown): readonly string[] {
  return nodesIn(value, 'FuncCall').map((call) => wordsOf(call['funcname']).at(-1) ?? '');
}

/** Columns that an expression names. */
export function columnsIn(value: unknown): readonly string[] {
  return nodesIn(value, 'ColumnRef').flatMap((reference) => wordsOf(reference['fields']).at(-1) ?? []);
}

/** The value of an option, `DefElem`, as text; the empty text where it has none; undefined where it is not there. */
export function optionOf(options: unknown, name: string): string | undefined {
  const found = itemsOf(options)
    .map((item) => at(item, 'DefElem'))
    .find((option) => option['defname'] === name);
  if (found === undefined) return undefined;
  const arg = nodeOf(found['arg']);
  return (
    textOf(at(arg, 'String')['sval']) ||
    (wordsOf(at(arg, 'TypeName')['names']).at(-1) ?? '') ||
    (arg['Boolean'] === undefined ? '' : String(at(arg, 'Boolean')['boolval'] === true)) ||
    (arg['Integer'] === undefined ? '' : String(at(arg, 'Integer')['ival'] ?? 0))
  );
}
