import { inSteps } from '../piece.ts';
import { quoted, relationName } from '../relation-name.ts';
import type { StatementForm } from './form.ts';

/** REFRESH MATERIALIZED VIEW → CONCURRENTLY, where it has the unique index that this needs; readers go on. */
export const refreshForm: StatementForm = (statement, context) => {
  const { kind, node } = statement;
  if (kind !== 'RefreshMatViewStmt' || node['concurrent'] === true || node['skipData'] === true) return null;
  const view = relationName(node['relation']);
  if (!context.isLarge(view)) return null;
  const facts = context.relation(view);
  if (facts?.indexes.some(({ unique, definition }) => unique && isOfWholeColumns(definition)) !== true) {
    context.warn(
      statement,
      'it is refreshed while readers wait, for it has no unique index over plain columns of all its rows',
      'declare such an index; then it is refreshed concurrently',
    );
    return null;
  }
  return [inSteps(`REFRESH MATERIALIZED VIEW CONCURRENTLY ${quoted(view)}`)];
};

/** No predicate, no expression. */
function isOfWholeColumns(definition: string): boolean {
  const [, columns = ''] =
    /USING \w+ \(([^()]*)\)(?: INCLUDE \([^()]*\))?(?: NULLS NOT DISTINCT)?$/.exec(definition) ?? [];
  return columns !== '';
}
