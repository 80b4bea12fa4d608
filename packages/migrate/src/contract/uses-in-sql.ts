import type * as TypeScript from 'typescript-5';
import { parseSql, wholeNode } from '../sql/parse.ts';
import { tokensOf } from '../sql/tokens.ts';
import type { Named } from './declared.ts';
import type { Compiler, SourceProgram } from './source-program.ts';
import type { NodeUse } from './uses-in-types.ts';

/** Where raw SQL names what is taken away: in tagged templates, and in texts that are handed to what runs SQL. A whole statement is read by
 *  PostgreSQL's grammar; a fragment by its words, in files that speak of the table. The grammar must be loaded. */
export function usesInSql(program: SourceProgram, taken: Named): readonly NodeUse[] {
  const { ts, files } = program;
  const wanted = taken.column ?? taken.table;
  const found: NodeUse[] = [];
  for (const file of files) {
    if (!file.text.includes(wanted)) continue;
    const speaks = [taken.table, ...taken.exports].some((word) => file.text.includes(word));
    const visit = (node: TypeScript.Node): void => {
      const sql = sqlOf(program, node);
      if (sql?.includes(wanted) === true) {
        const use = useIn(sql, taken, speaks);
        if (use !== null) found.push({ node, use });
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return found;
}

/** The SQL of a text, with parameters in place of what is computed. NULL: it is none. */
function sqlOf({ ts }: SourceProgram, node: TypeScript.Node): string | null {
  if (ts.isTaggedTemplateExpression(node)) return textOf(ts, node.template);
  if (!ts.isStringLiteralLike(node) && !ts.isTemplateExpression(node)) return null;
  const { parent } = node;
  if (ts.isTaggedTemplateExpression(parent) || ts.isImportDeclaration(parent)) return null;
  const text = textOf(ts, node);
  return isArgument(ts, node) || /^\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH|COPY|MERGE|TRUNCATE)\s/i.test(text)
    ? text
    : null;
}

const RUNS_SQL = new Set(['query', 'unsafe', 'execute', 'raw', 'prepare']);

function isArgument(ts: Compiler, node: TypeScript.Expression): boolean {
  const { parent } = node;
  if (!ts.isCallExpression(parent) || parent.arguments[0] !== node) return false;
  const callee = parent.expression;
  return ts.isPropertyAccessExpression(callee) && RUNS_SQL.has(callee.name.text);
}

function textOf(ts: Compiler, node: TypeScript.Node): string {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return '';
  const spans = node.templateSpans.map(({ literal }, at) => ` $${at + 1} ${literal.text}`);
  return node.head.text + spans.join('');
}

function useIn(sql: string, { schema, table, column }: Named, speaks: boolean): string | null {
  const names = namesIn(sql);
  if (names === null) {
    const isNamed = speaks && wordsIn(sql).has(column ?? table);
    return isNamed ? `a fragment of SQL names ${column ?? table}` : null;
  }
  const { relations, words } = names;
  const isTable = relations.some((one) => one.name === table && (one.schema === null || one.schema === schema));
  // Drizzle's tables come as parameters: whose the column is then is not in the text.
  const mayBeTable = isTable || (speaks && relations.length === 0);
  if (column === null) return isTable ? `SQL names ${table}` : null;
  return mayBeTable && words.has(column) ? `SQL names ${column}` : null;
}

interface Names {
  readonly relations: readonly { readonly schema: string | null; readonly name: string }[];
  /** Every name in the statement. */
  readonly words: ReadonlySet<string>;
}

/** NULL: it is no whole statement. */
function namesIn(sql: string): Names | null {
  const parsed = parseSql(sql);
  if (!parsed.ok) return null;
  const relations: { schema: string | null; name: string }[] = [];
  const words = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const node = value as Readonly<Record<string, unknown>>;
    if (typeof node['relname'] === 'string') {
      const owner = node['schemaname'];
      relations.push({ schema: typeof owner === 'string' ? owner : null, name: node['relname'] });
    }
    for (const [key, child] of Object.entries(node)) {
      // A text that happens to be the name.
      if (key === 'A_Const') continue;
      if (NAMES.has(key) && typeof child === 'string') words.add(child);
      visit(child);
    }
  };
  for (const statement of parsed.statements) visit(wholeNode(statement));
  return { relations, words };
}

/** Keys of the tree under which a column's name stands. */
const NAMES = new Set(['sval', 'name', 'colname']);

function wordsIn(sql: string): ReadonlySet<string> {
  try {
    return new Set(tokensOf(sql).map(({ text }) => (text.startsWith('"') ? text.slice(1, -1) : text.toLowerCase())));
  } catch {
    return new Set(sql.toLowerCase().split(/[^\p{L}\p{N}_$]+/u));
  }
}
