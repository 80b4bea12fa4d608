import { plain } from '../rows/compare-contents.ts';
import { parseSql } from '../sql/parse.ts';
import { inverseRenames } from './inverse-renames.ts';
import { type Losses, lossesOf } from './losses.ts';
import { lostOnTheWayBack } from './proof-line.ts';
import type { Proof, ProvenFile } from './prove.ts';

/** What goes with the way back of one of the proven files, and with its way up. What the proof found beyond the catalogs stands in the
 *  first file's, which is the last to be undone. */
export function lossesOfFile(
  { statements, renamed: kept = [] }: Pick<ProvenFile, 'statements' | 'renamed'>,
  proof: Pick<Proof, 'states' | 'up' | 'back'>,
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

/** Both names of what a migration renames, as the catalogs print them. */
function renamedNames(statements: readonly string[]): ReadonlySet<string> {
  const parsed = statements.map((statement) => parseSql(statement));
  const renames = inverseRenames(parsed.flatMap((one) => (one.ok ? one.statements : [])));
  return new Set(renames.flatMap(bothNames));
}

function bothNames(rename: string): readonly string[] {
  const plain = rename.replaceAll(/"([a-z_][a-z0-9_]*)"/g, '$1');
  const [, table = '', part = '', from = '', to = ''] =
    /^ALTER (?:TABLE|VIEW|MATERIALIZED VIEW) (.+?) RENAME (COLUMN )?(?:(.+?) )?TO (.+)$/.exec(plain) ?? [];
  const [, moved, schema] = /^ALTER (?:TABLE|VIEW|MATERIALIZED VIEW) (.+?) SET SCHEMA (.+)$/.exec(plain) ?? [];
  if (moved !== undefined) return [moved, moved.replace(/^.*(?=\.)/, schema ?? '')];
  if (part !== '') return [`${table}.${from}`, `${table}.${to}`];
  return [table, table.replace(/[^.]+$/, to)];
}
