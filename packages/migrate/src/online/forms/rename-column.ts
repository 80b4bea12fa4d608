import { quoteIdentifier } from '../../objects/quote.ts';
import type { Statement } from '../../sql/parse.ts';
import type { Context } from '../context.ts';
import { inSteps, inTransaction, type Piece } from '../piece.ts';
import { keyOf, quoted, relationName } from '../relation-name.ts';
import { isLastSwap, renamesColumn } from '../retype/retypes.ts';
import { TWIN_ALLOWS } from '../twin/allows.ts';
import { bringTwinBack, contractTwin } from '../twin/contract.ts';
import { expandTwin, fillTwin } from '../twin/expand.ts';
import { columnsOf, inDraft, obstacle, renamesOf } from '../twin/renames-of.ts';
import { swapTwin, swapTwinBack } from '../twin/swap.ts';
import { type Twin, twinOf } from '../twin/twin.ts';
import type { StatementForm } from './form.ts';

/** RENAME COLUMN → a column of the new name beside the old one, which a trigger keeps equal, filled in batches; it takes over default,
 *  keys and rules in one brief transaction; the old one goes in a contract file. All columns of a table that the draft renames go
 *  together. Also on a small table: what counts is the build that knows the old name. */
export const renameColumnForm: StatementForm = (statement, context) => {
  if (!renamesColumn(statement)) return null;
  const table = relationName(statement.node['relation']);
  if (context.isCreated(table) || !context.keepsNames) return atOnce(statement, context);
  const facts = context.relation(table);
  const renames = renamesOf(context.draft, table);
  const columns = facts === undefined ? [] : columnsOf(renames, facts);
  const why = facts === undefined ? 'nothing is known of it' : obstacle(renames, columns, table, facts, context);
  if (facts === undefined || why !== null) {
    context.warn(
      statement,
      `builds that say ${quoteIdentifier(String(statement.node['subname']))} fail from then on; it cannot have both names for a time: ${why}`,
      'let them stand still while it is applied, or add a column, fill it by a backfill, and drop the old one in a later release',
    );
    return atOnce(statement, context);
  }
  for (const other of renames) if (other !== statement) context.move(other);
  const gone = context.takeGone();
  return piecesOf(twinOf(table, facts, columns, inDraft(table, facts, context)), gone, context);
};

function piecesOf(twin: Twin, gone: readonly string[], context: Context): readonly Piece[] {
  const table = keyOf(twin.table);
  const named = (column: string) => `${quoted(twin.table)}.${quoteIdentifier(column)}`;
  const renamed = twin.columns.map(({ own, fresh }) => [named(own.name), named(fresh)] as const);
  return [
    { ...inTransaction(...expandTwin(twin)), allow: TWIN_ALLOWS.expand },
    { ...inSteps(...fillTwin(twin, context)), inBatches: true, allow: TWIN_ALLOWS.fill },
    { ...inTransaction(...gone, ...swapTwin(twin)), allow: TWIN_ALLOWS.swap, backFirst: swapTwinBack(twin) },
    { ...inTransaction(...contractTwin(twin)), contract: true, allow: TWIN_ALLOWS.contract, down: bringTwinBack(twin) },
  ].map((piece, stage) => ({ ...piece, stage, renamed, touches: [twin.table.schema === null ? '*' : table] }));
}

/** What must be gone for a swap is gone for the rename where no swap follows. */
function atOnce(statement: Statement, context: Context): readonly Piece[] {
  const { node } = statement;
  context.renameAtOnce(relationName(node['relation']), String(node['subname']), String(node['newname']));
  const gone = isLastSwap(context.draft, statement) ? context.takeGone() : [];
  return [inTransaction(...gone, statement.text)];
}
