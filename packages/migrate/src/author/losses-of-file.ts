import { quoteIdentifier } from '../objects/quote.ts';
import { quoted, relationName } from '../online/relation-name.ts';
import { plain } from '../rows/compare-contents.ts';
import { parseSql, type Statement } from '../sql/parse.ts';
import { type Losses, lossesOf } from './losses.ts';
import { lostOnTheWayBack } from './proof-line.ts';
import type { Proof, ProvenFile } from './prove.ts';
import type { ScratchState } from './scratch-state.ts';

/** What goes with the way back of one of the proven files, and with its way up. What the proof found beyond the catalogs stands in the
 *  first file's, which is the last to be undone. */
export function lossesOfFile(
  { statements, renamed: kept = [] }: Pick<ProvenFile, 'statements' | 'renamed'>,
  proof: Pick<Proof, 'up' | 'back'> & { readonly states: readonly Pick<ScratchState, 'catalog'>[] },
  number: number,
): { readonly back: Losses; readonly up: Losses } {
  const none = { gone: [], enumValues: [] };
  const { [number]: before, [number + 1]: after } = proof.states;
  if (before === undefined || after === undefined) return { back: none, up: none };
  const renamed = new Set([...renamedNames(statements), ...kept.flat().map(plain)]);
  const back = lossesOf(after.catalog, before.catalog, renamed);
  const up = lossesOf(before.catalog, after.catalog, renamed);
  const lost = new Set(lostOnTheWayBack(proof));
  return {
    back: number === 0 ? { ...back, gone: [...new Set([...back.gone, ...lost])] } : back,
    up: { ...up, gone: up.gone.filter((what) => !lost.has(what)) },
  };
}

/** Both names of what a migration renames or moves, `plain`. */
function renamedNames(statements: readonly string[]): ReadonlySet<string> {
  const parsed = statements.map((statement) => parseSql(statement));
  return new Set(parsed.flatMap((one) => (one.ok ? one.statements.flatMap(bothNames) : [])).map(plain));
}

function bothNames({ kind, node }: Statement): readonly string[] {
  const { relation, renameType } = node;
  if (relation === undefined) return [];
  const [table, name] = [relationName(relation), String(node['newname'])];
  if (kind === 'AlterObjectSchemaStmt') return [quoted(table), quoted({ ...table, schema: String(node['newschema']) })];
  if (kind !== 'RenameStmt') return [];
  if (renameType === 'OBJECT_COLUMN')
    return [node['subname'], name].map((column) => `${quoted(table)}.${quoteIdentifier(String(column))}`);
  return node['subname'] === undefined ? [quoted(table), quoted({ ...table, name })] : [];
}
