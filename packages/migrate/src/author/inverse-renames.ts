import { quoteIdentifier, quoteLiteral } from '../objects/quote.ts';
import type { SqlNode, Statement } from '../sql/parse.ts';

/** The renames and moves among some statements turned round, the last one first: what the catalogs alone cannot tell from a drop and a new
 *  object. Pure. */
export function inverseRenames(statements: readonly Statement[]): readonly string[] {
  return statements.toReversed().flatMap((statement) => inverse(statement) ?? []);
}

function inverse({ kind, node }: Statement): string | undefined {
  if (kind === 'AlterEnumStmt') return ofValue(node);
  if (kind === 'AlterObjectSchemaStmt') return ofSchema(node);
  if (kind !== 'RenameStmt') return undefined;
  const [type, from, to] = [String(node['renameType']), node['subname'], String(node['newname'])];
  if (type === 'OBJECT_SCHEMA') return `ALTER SCHEMA ${quoteIdentifier(to)} RENAME TO ${quoteIdentifier(String(from))}`;
  if (type === 'OBJECT_TYPE' || type === 'OBJECT_DOMAIN') return ofType(type, wordsOf(node['object']), to);
  const relation = node['relation'] as { readonly schemaname?: string; readonly relname: string } | undefined;
  if (relation === undefined) return undefined;
  const part = PARTS[type];
  const keyword = KEYWORDS[part === undefined ? type : String(node['relationType'] ?? 'OBJECT_TABLE')] ?? 'TABLE';
  if (part !== undefined && typeof from === 'string')
    return `ALTER ${keyword} ${path(relation.schemaname, relation.relname)} RENAME ${part} ${quoteIdentifier(to)} TO ${quoteIdentifier(from)}`;
  if (KEYWORDS[type] === undefined) return undefined;
  return `ALTER ${keyword} ${path(relation.schemaname, to)} RENAME TO ${quoteIdentifier(relation.relname)}`;
}

const PARTS: Readonly<Record<string, string>> = { OBJECT_COLUMN: 'COLUMN', OBJECT_TABCONSTRAINT: 'CONSTRAINT' };

const KEYWORDS: Readonly<Record<string, string>> = {
  OBJECT_TABLE: 'TABLE',
  OBJECT_VIEW: 'VIEW',
  OBJECT_MATVIEW: 'MATERIALIZED VIEW',
  OBJECT_INDEX: 'INDEX',
  OBJECT_SEQUENCE: 'SEQUENCE',
};

/** A relation that moved into another schema. */
function ofSchema(node: SqlNode): string | undefined {
  const keyword = KEYWORDS[String(node['objectType'])];
  const { schemaname, relname } = (node['relation'] ?? {}) as { schemaname?: string; relname?: string };
  if (keyword === undefined || schemaname === undefined || relname === undefined) return undefined;
  return `ALTER ${keyword} ${path(String(node['newschema']), relname)} SET SCHEMA ${quoteIdentifier(schemaname)}`;
}

function ofValue(node: SqlNode): string | undefined {
  const [before, after] = [node['oldVal'], node['newVal']];
  if (typeof before !== 'string' || typeof after !== 'string' || before === '') return undefined;
  const name = wordsOf({ List: { items: node['typeName'] } })
    .map(quoteIdentifier)
    .join('.');
  return `ALTER TYPE ${name} RENAME VALUE ${quoteLiteral(after)} TO ${quoteLiteral(before)}`;
}

function ofType(type: string, words: readonly string[], to: string): string | undefined {
  const from = words.at(-1);
  if (from === undefined) return undefined;
  const schema = words.slice(0, -1).at(0);
  return `ALTER ${type === 'OBJECT_DOMAIN' ? 'DOMAIN' : 'TYPE'} ${path(schema, to)} RENAME TO ${quoteIdentifier(from)}`;
}

function path(schema: string | undefined, name: string): string {
  return schema === undefined ? quoteIdentifier(name) : `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

function wordsOf(object: unknown): readonly string[] {
  const { List, TypeName } = (object ?? {}) as { List?: { items?: unknown }; TypeName?: { names?: unknown } };
  const items = (List?.items ?? TypeName?.names ?? []) as readonly { readonly String?: { readonly sval?: string } }[];
  return items.flatMap(({ String: word }) => word?.sval ?? []);
}
