import { batchedUpdate } from '../../sql/batched-update.ts';
import type { SqlNode } from '../../sql/parse.ts';
import { inSteps } from '../piece.ts';
import { relationName } from '../relation-name.ts';
import type { StatementForm } from './form.ts';

/** UPDATE of a large table → in batches, where its condition is false for a row that it has changed, as far as that can be told. */
export const updateForm: StatementForm = (statement, context) => {
  if (statement.kind !== 'UpdateStmt' && statement.kind !== 'DeleteStmt') return null;
  const node = context.treeOf(statement);
  const table = relationName(node['relation']);
  if (!context.isLarge(table)) return null;
  const batched = batchedUpdate(statement);
  if (batched.ok && leavesOutDone(node)) return [{ ...inSteps(statement.text), inBatches: true }];
  context.warn(
    statement,
    'every row that it changes stays locked until it ends',
    batched.ok
      ? 'let its WHERE leave out the rows that are done, or write a backfill'
      : `write a backfill: ${batched.why}`,
  );
  return null;
};

/** Its condition asks what an assigned column is now: without that it would find the same rows again and again. */
function leavesOutDone(node: SqlNode): boolean {
  const assigned = (node['targetList'] as readonly { readonly ResTarget: { readonly name: string } }[]).map(
    (item) => item.ResTarget.name,
  );
  const where = JSON.stringify(node['whereClause']);
  return assigned.some((name) => where.includes(`"sval":${JSON.stringify(name)}`));
}
