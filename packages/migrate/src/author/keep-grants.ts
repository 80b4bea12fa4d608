import { rememberFunctionGrants, rememberGrants, restoreGrants } from '../objects/grants.ts';
import { quoteIdentifier } from '../objects/quote.ts';
import { parseSql, type SqlNode, type Statement } from '../sql/parse.ts';

/** Statements that drop views or functions and make them again, completed so that each gets back the privileges that it has in the database
 *  where they run: which those are, nobody knows here. They must run in one transaction. Pure; the grammar must be loaded. */
export function keepGrants(statements: readonly string[]): readonly string[] {
  const parsed = statements.map((text) => ({ text, ...effectOf(text) }));
  const made = new Set(parsed.map(({ makes }) => makes));
  const kept = [...new Set(parsed.flatMap(({ drops }) => drops))].filter((name) => made.has(name));
  const number = (name: string) => kept.indexOf(name);
  return parsed.flatMap(({ text, drops, makes }) => [
    ...drops.filter((name) => number(name) >= 0).map((name) => remember(`${number(name)}`, name)),
    text,
    ...(makes !== null && number(makes) >= 0 ? [restoreGrants(`${number(makes)}`)] : []),
  ]);
}

/** A function is told by the types of its arguments. */
function remember(setting: string, name: string): string {
  return name.endsWith(')') ? rememberFunctionGrants(setting, name) : rememberGrants(setting, name);
}

interface Effect {
  /** Views, qualified and quoted, and functions with the types of their arguments. */
  readonly drops: readonly string[];
  /** The same, or a table, which may stand for a view. */
  readonly makes: string | null;
}

function effectOf(text: string): Effect {
  const parsed = parseSql(text);
  const statement = parsed.ok ? parsed.statements[0] : undefined;
  return {
    drops: statement === undefined ? [] : dropped(statement),
    makes: statement === undefined ? null : (madeRelation(statement) ?? madeFunction(statement)),
  };
}

function dropped({ kind, node }: Statement): readonly string[] {
  const removed = kind === 'DropStmt' ? node['removeType'] : null;
  const objects = (node['objects'] ?? []) as readonly SqlNode[];
  if (removed === 'OBJECT_VIEW' || removed === 'OBJECT_MATVIEW')
    return objects.flatMap(({ List }) => qualified((List as SqlNode)['items']) ?? []);
  if (removed !== 'OBJECT_FUNCTION') return [];
  return objects.flatMap(({ ObjectWithArgs }) => {
    const { objname, objargs = [] } = ObjectWithArgs as SqlNode;
    return signature(objname, objargs as readonly SqlNode[]) ?? [];
  });
}

function madeRelation({ kind, node }: Statement): string | null {
  const into = node['into'] as { readonly rel?: SqlNode } | undefined;
  const relations: Readonly<Record<string, unknown>> = {
    ViewStmt: node['view'],
    CreateTableAsStmt: into?.rel,
    CreateStmt: node['relation'],
  };
  const { schemaname, relname } = (relations[kind] ?? {}) as {
    readonly schemaname?: string;
    readonly relname?: string;
  };
  if (schemaname === undefined || relname === undefined) return null;
  return `${quoteIdentifier(schemaname)}.${quoteIdentifier(relname)}`;
}

function madeFunction({ kind, node }: Statement): string | null {
  if (kind !== 'CreateFunctionStmt' || node['is_procedure'] === true) return null;
  const parameters = (node['parameters'] ?? []) as readonly { readonly FunctionParameter: SqlNode }[];
  const taken = parameters.filter(({ FunctionParameter }) => !GIVEN.has(String(FunctionParameter['mode'])));
  return signature(
    node['funcname'],
    taken.map(({ FunctionParameter }) => ({ TypeName: FunctionParameter['argType'] })),
  );
}

/** Parameters that are results. */
const GIVEN = new Set(['FUNC_PARAM_OUT', 'FUNC_PARAM_TABLE']);

function signature(name: unknown, types: readonly SqlNode[]): string | null {
  const named = qualified(name);
  if (named === null) return null;
  return `${named}(${types.map(({ TypeName }) => printedType(TypeName as SqlNode)).join(', ')})`;
}

function printedType({ names, arrayBounds = [] }: SqlNode): string {
  return `${words(names).map(quoteIdentifier).join('.')}${'[]'.repeat((arrayBounds as readonly unknown[]).length)}`;
}

/** NULL: it names no schema. */
function qualified(list: unknown): string | null {
  const path = words(list);
  return path.length === 2 ? path.map(quoteIdentifier).join('.') : null;
}

function words(list: unknown): readonly string[] {
  return (list as readonly { readonly String: { readonly sval: string } }[]).map((item) => item.String.sval);
}
