import type { SqlNode, Statement } from './parse.ts';

/** What a statement names: `schema.object` for each relation, type and function; `*` for a DO block, which may touch anything. */
export function touchedObjects(statements: readonly Statement[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { kind, node } of statements) {
    if (kind === 'DoStmt') names.add('*');
    collect(node, names);
  }
  return names;
}

/** True where two sets share a name, or one of them may touch anything. */
export function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.has('*') || b.has('*') || !a.isDisjointFrom(b);
}

function collect(value: unknown, names: Set<string>): void {
  if (Array.isArray(value)) {
    const [schema, name] = value.map(stringValue);
    if (schema !== undefined && name !== undefined && schema !== 'pg_catalog') names.add(`${schema}.${name}`);
    for (const item of value) collect(item, names);
  } else if (typeof value === 'object' && value !== null) {
    const node = value as SqlNode;
    if (typeof node['relname'] === 'string') names.add(qualified(node['schemaname'], node['relname']));
    // A column reference looks like a qualified name and is none.
    for (const [key, child] of Object.entries(node)) if (key !== 'ColumnRef') collect(child, names);
  }
}

function qualified(schema: unknown, name: string): string {
  return `${typeof schema === 'string' ? schema : 'public'}.${name}`;
}

function stringValue(item: unknown): string | undefined {
  const wrapped = typeof item === 'object' && item !== null && 'String' in item ? item.String : undefined;
  const text = typeof wrapped === 'object' && wrapped !== null && 'sval' in wrapped ? wrapped.sval : undefined;
  return typeof text === 'string' ? text : undefined;
}
