import { parseSql, type SqlNode, type Statement } from '../sql/parse.ts';
import type { FormerName } from './former-names.ts';
import type { Entity, Hint } from './hints.ts';

/** A table or column that is said to be a renamed one, and was made empty instead. */
export interface UnusedRename {
  readonly from: Entity;
  readonly to: Entity;
}

/** What answers and notes say of former names. */
export interface SaidRenamed {
  readonly hints: readonly Hint[];
  readonly notes: readonly FormerName[];
}

/** Tables and columns that `statements` make though an answer or a note calls them renamed. Pure; the grammar must be loaded. */
export function madeInsteadOfRenamed(statements: readonly string[], said: SaidRenamed): readonly UnusedRename[] {
  return madeBy(statements).flatMap((to) => formersOf(to, said).map((from) => ({ from, to })));
}

/** The first whose former name is declared again. drizzle-kit does not ask there, and its values would be lost. NULL: there is none.
 *  @param exported drizzle-kit's statements for the whole schema as it is declared */
export function unusedRename(candidates: readonly UnusedRename[], exported: readonly string[]): UnusedRename | null {
  const declared = new Set(madeBy(exported).map(keyOf));
  return candidates.find(({ from }) => declared.has(keyOf(from))) ?? null;
}

function formersOf(to: Entity, { hints, notes }: SaidRenamed): readonly Entity[] {
  const answered = hints.flatMap((hint) => (hint.type === 'rename' && keyOf(hint.to) === keyOf(to) ? [hint.from] : []));
  const noted = notes.filter(({ words }) => words.has(to.at(-1) ?? '')).map(({ was }) => [...to.slice(0, -1), was]);
  return [...answered, ...noted];
}

/** The tables and columns that statements make. */
function madeBy(statements: readonly string[]): readonly Entity[] {
  return statements.flatMap((text) => {
    const parsed = parseSql(text);
    return parsed.ok ? parsed.statements.flatMap(madeByOne) : [];
  });
}

function madeByOne({ kind, node }: Statement): readonly Entity[] {
  const { schemaname = 'public', relname } = (node['relation'] ?? {}) as { schemaname?: string; relname?: string };
  if (relname === undefined) return [];
  const columns = (nodes: readonly unknown[]) =>
    nodes.flatMap((one) => {
      const { ColumnDef: column } = (one ?? {}) as { readonly ColumnDef?: { readonly colname: string } };
      return column === undefined ? [] : [[schemaname, relname, column.colname]];
    });
  if (kind === 'CreateStmt')
    return [[schemaname, relname], ...columns((node['tableElts'] ?? []) as readonly unknown[])];
  if (kind !== 'AlterTableStmt') return [];
  const actions = node['cmds'] as readonly { readonly AlterTableCmd: SqlNode }[];
  return columns(actions.map(({ AlterTableCmd: { subtype, def } }) => (subtype === 'AT_AddColumn' ? def : null)));
}

const keyOf = (entity: Entity): string => JSON.stringify(entity);
