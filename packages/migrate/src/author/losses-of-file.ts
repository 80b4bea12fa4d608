import type { Catalog } from '../catalog/read-catalog.ts';
import { quoteIdentifier, quoteLiteral } from '../objects/quote.ts';
import { wordsOf } from '../online/forms/key-form.ts';
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
  const values = renamedValues(statements);
  const lost = (from: Catalog, to: Catalog) => {
    const { gone, enumValues } = lossesOf(from, to, renamed);
    return { gone, enumValues: enumValues.filter((value) => !values.has(plain(value))) };
  };
  const back = lost(after.catalog, before.catalog);
  const up = lost(before.catalog, after.catalog);
  const withRows = new Set(lostOnTheWayBack(proof));
  return {
    back: number === 0 ? { ...back, gone: [...new Set([...back.gone, ...withRows])] } : back,
    up: { ...up, gone: up.gone.filter((what) => !withRows.has(what)) },
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

/** Both names of each value of an enum that a migration renames, as losses name them, `plain`. */
function renamedValues(statements: readonly string[]): ReadonlySet<string> {
  const parsed = statements.map((statement) => parseSql(statement));
  const values = parsed.flatMap((one) => (one.ok ? one.statements.flatMap(bothValues) : []));
  return new Set(values.map(plain));
}

function bothValues({ kind, node }: Statement): readonly string[] {
  const { oldVal, newVal, typeName } = node;
  if (kind !== 'AlterEnumStmt' || typeof oldVal !== 'string' || oldVal === '') return [];
  const type = wordsOf(typeName).map(quoteIdentifier).join('.');
  return [oldVal, newVal].map((value) => `${quoteLiteral(String(value))} of ${type}`);
}
