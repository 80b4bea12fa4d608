import { type SqlNode, type Statement, wholeNode } from './parse.ts';

/** What statements name: `schema.object` for each relation, type and function, `schema.*` for a whole schema, and `*` for what may
 *  touch anything: DO blocks, unqualified names (their schema is not known here), and statements of a kind that is not looked into. */
export function touchedObjects(statements: readonly Statement[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const statement of statements) {
    const { kind } = statement;
    const node = wholeNode(statement);
    const schemas = wholeSchemas(kind, node);
    if (schemas !== undefined) for (const schema of schemas) names.add(`${schema}.*`);
    else if (!KNOWN.has(kind)) names.add('*');
    collect(node, names);
  }
  return names;
}

/** Kinds whose objects are all found by `collect`. */
const KNOWN = new Set([
  'AlterEnumStmt',
  'AlterTableStmt',
  'CommentStmt',
  'CreateEnumStmt',
  'CreateFunctionStmt',
  'CreatePolicyStmt',
  'CreateSeqStmt',
  'CreateStmt',
  'CreateTableAsStmt',
  'CreateTrigStmt',
  'DeleteStmt',
  'DropStmt',
  'IndexStmt',
  'InsertStmt',
  'RefreshMatViewStmt',
  'ReindexStmt',
  'RenameStmt',
  'SelectStmt',
  'TruncateStmt',
  'UpdateStmt',
  'VacuumStmt',
  'ViewStmt',
]);

/** The schemas that a statement treats as a whole, or undefined where it does not. */
function wholeSchemas(kind: string, node: SqlNode): readonly string[] | undefined {
  if (kind === 'CreateSchemaStmt') return [String(node['schemaname'])];
  if (kind === 'RenameStmt' && node['renameType'] === 'OBJECT_SCHEMA') return [String(node['subname'])];
  if (kind === 'DropStmt' && node['removeType'] === 'OBJECT_SCHEMA') {
    return (node['objects'] as readonly unknown[]).flatMap((item) => stringValue(item) ?? []);
  }
  return undefined;
}

/** True where two sets share a name, or one of them may touch anything. */
export function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.has('*') || b.has('*') || !a.isDisjointFrom(b) || holdsSchemaOf(a, b) || holdsSchemaOf(b, a);
}

function holdsSchemaOf(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const schemas = new Set([...b].map((name) => name.slice(0, name.indexOf('.'))));
  return [...a].some((name) => name.endsWith('.*') && schemas.has(name.slice(0, -2)));
}

function collect(value: unknown, names: Set<string>): void {
  if (Array.isArray(value)) {
    const [schema, name] = value.map(stringValue);
    if (schema !== undefined && name !== undefined && schema !== 'pg_catalog') names.add(`${schema}.${name}`);
    for (const item of value) collect(item, names);
  } else if (typeof value === 'object' && value !== null) {
    const node = value as SqlNode;
    if (typeof node['relname'] === 'string') names.add(qualified(node['schemaname'], node['relname']));
    for (const key of UNQUALIFIED) if (Array.isArray(node[key]) && node[key].length === 1) names.add('*');
    // A column reference looks like a qualified name and is none.
    for (const [key, child] of Object.entries(node)) if (key !== 'ColumnRef') collect(child, names);
  }
}

/** Names that are lists of words: one word means the search_path decides. */
const UNQUALIFIED = ['typeName', 'funcname'];

function qualified(schema: unknown, name: string): string {
  return typeof schema === 'string' ? `${schema}.${name}` : '*';
}

function stringValue(item: unknown): string | undefined {
  const wrapped = typeof item === 'object' && item !== null && 'String' in item ? item.String : undefined;
  const text = typeof wrapped === 'object' && wrapped !== null && 'sval' in wrapped ? wrapped.sval : undefined;
  return typeof text === 'string' ? text : undefined;
}
