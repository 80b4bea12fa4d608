import type { Context } from '../context.ts';
import { inSteps } from '../piece.ts';
import { quoted, type RelationName } from '../relation-name.ts';
import { droppedNames } from '../replaced.ts';
import type { StatementForm } from './form.ts';

/** DROP INDEX → CONCURRENTLY, one by one; not of a partitioned table, which cannot. */
export const dropIndexForm: StatementForm = ({ kind, node }, context) => {
  if (kind !== 'DropStmt' || node['removeType'] !== 'OBJECT_INDEX') return null;
  if (node['concurrent'] === true || node['behavior'] === 'DROP_CASCADE') return null;
  const names = droppedNames(node).map(
    (path): RelationName => ({ schema: path.length > 1 ? (path.at(-2) ?? null) : null, name: path.at(-1) ?? '' }),
  );
  if (!names.every((name) => isOfLarge(name, context))) return null;
  const ifExists = node['missing_ok'] === true ? 'IF EXISTS ' : '';
  return [inSteps(...names.map((name) => `DROP INDEX CONCURRENTLY ${ifExists}${quoted(name)}`))];
};

/** An index that nobody knows counts as one of a large table; one that the draft made does not. */
function isOfLarge(index: RelationName, context: Context): boolean {
  if (context.isCreated(index)) return false;
  for (const [key, { kind, indexes }] of context.facts.relations) {
    const dot = key.indexOf('.');
    const table = { schema: key.slice(0, dot), name: key.slice(dot + 1) };
    if (table.schema !== index.schema || !indexes.some(({ name }) => name === index.name)) continue;
    return kind !== 'partitioned table' && context.isLarge(table);
  }
  return true;
}
