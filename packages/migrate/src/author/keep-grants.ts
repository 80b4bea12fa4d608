import { rememberGrants, restoreGrants } from '../objects/grants.ts';
import { quoteIdentifier } from '../objects/quote.ts';
import { parseSql, type SqlNode, type Statement } from '../sql/parse.ts';

/** Statements that drop views and make them again, completed so that each gets back the privileges that it has in the database where they
 *  run: which those are, nobody knows here. They must run in one transaction. Pure; the grammar must be loaded. */
export function keepGrants(statements: readonly string[]): readonly string[] {
  const parsed = statements.map((text) => ({ text, ...effectOf(text) }));
  const made = new Set(parsed.flatMap(({ makes }) => makes ?? []));
  const kept = [...new Set(parsed.flatMap(({ drops }) => drops))].filter((view) => made.has(view));
  const number = (view: string) => kept.indexOf(view);
  return parsed.flatMap(({ text, drops, makes }) => [
    ...drops.filter((view) => number(view) >= 0).map((view) => rememberGrants(`${number(view)}`, view)),
    text,
    ...(makes !== null && number(makes) >= 0 ? [restoreGrants(`${number(makes)}`)] : []),
  ]);
}

interface Effect {
  /** Views, qualified and quoted. */
  readonly drops: readonly string[];
  readonly makes: string | null;
}

function effectOf(text: string): Effect {
  const parsed = parseSql(text);
  const statement = parsed.ok ? parsed.statements[0] : undefined;
  return {
    drops: statement === undefined ? [] : droppedViews(statement),
    makes: statement ? madeView(statement) : null,
  };
}

function droppedViews({ kind, node }: Statement): readonly string[] {
  if (kind !== 'DropStmt' || !['OBJECT_VIEW', 'OBJECT_MATVIEW'].includes(String(node['removeType']))) return [];
  return (node['objects'] as readonly SqlNode[]).flatMap((object) => {
    const { items } = object['List'] as { readonly items: readonly { readonly String: { readonly sval: string } }[] };
    return items.length === 2 ? [items.map((item) => quoteIdentifier(item.String.sval)).join('.')] : [];
  });
}

function madeView({ kind, node }: Statement): string | null {
  const into = node['into'] as { readonly rel?: SqlNode } | undefined;
  const relation = kind === 'ViewStmt' ? node['view'] : kind === 'CreateTableAsStmt' ? into?.rel : undefined;
  const { schemaname, relname } = (relation ?? {}) as { readonly schemaname?: string; readonly relname?: string };
  if (schemaname === undefined || relname === undefined) return null;
  return `${quoteIdentifier(schemaname)}.${quoteIdentifier(relname)}`;
}
