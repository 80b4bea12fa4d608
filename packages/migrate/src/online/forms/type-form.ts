import { quoteIdentifier } from '../../objects/quote.ts';
import type { Statement } from '../../sql/parse.ts';
import type { Context } from '../context.ts';
import type { ColumnFacts, RelationFacts } from '../facts.ts';
import { inSteps, inTransaction, type Piece } from '../piece.ts';
import { keyOf, quoted } from '../relation-name.ts';
import { constraintKey } from '../replaced.ts';
import { columnsRead } from '../retype/columns-in-sql.ts';
import { expand } from '../retype/expand.ts';
import { fill } from '../retype/fill.ts';
import { isFreeCast } from '../retype/free-cast.ts';
import { bringOldBack, dropOldColumn, swapColumns } from '../retype/swap.ts';
import { SWAP_ALLOWS } from '../retype/swap-allows.ts';
import { type SwappedColumn, swappedColumn } from '../retype/swapped-column.ts';
import { type TypeChange, typeChange } from '../retype/type-change.ts';
import { printedType } from '../retype/type-name.ts';
import { definitionIn, NO_KEY } from '../twin/renames-of.ts';
import type { AlterForm } from './form.ts';

/** ALTER COLUMN … TYPE → in place where no row is written anew; else a new column that a trigger keeps equal, filled in batches, which
 *  takes the old one's place, with all that stands on it, in one brief transaction. */
export const typeForm: AlterForm = (action, context, statement) => {
  const change = typeChange(action);
  if (change === null) return null;
  const dropped = context.defaultsDropped.get(`${keyOf(change.table)} ${change.column}`);
  const gone = context.takeGone();
  const asItIs = inTransaction(
    ...gone,
    ...(dropped === undefined ? [] : [dropped.text]),
    `${action.head} ${action.body}`,
  );
  if (!context.isLarge(change.table)) return [asItIs];
  const facts = context.relation(change.table);
  const column = facts?.columns.find(({ name }) => name === change.column);
  if (facts === undefined || column === undefined)
    return writtenAnew(asItIs, statement, context, 'nothing is known of the column');
  context.warn(
    statement,
    `statements that clients have prepared over ${quoteIdentifier(change.column)} fail once: "cached plan must not change result type" (0A000)`,
    'let clients prepare again on that error; those that do not prepare notice nothing',
  );
  if (isFree(change, facts, column)) return inPlace(change, facts, asItIs);
  const why = obstacle(change, facts, column);
  if (why !== null) return writtenAnew(asItIs, statement, context, why);
  const swap = swappedColumn(change, withNewRules(change, facts, context), column, dropped === undefined);
  return [
    { ...inTransaction(...expand(swap)), allow: SWAP_ALLOWS.expand },
    { ...inSteps(...fill(swap, context)), inBatches: true, allow: SWAP_ALLOWS.fill },
    { ...inTransaction(...gone, ...swapColumns(swap)), allow: SWAP_ALLOWS.swap },
    contractOf(swap),
  ].map((piece, stage) => ({ ...piece, stage }));
};

function contractOf(swap: SwappedColumn): Piece {
  const down = bringOldBack(swap);
  return { ...inTransaction(...dropOldColumn(swap)), contract: true, ...(down === null ? {} : { down }) };
}

/** A check or key of the column that the draft replaces is built over the new column as it shall be, and not as it was. */
function withNewRules(
  { table, column }: TypeChange,
  facts: RelationFacts,
  { replacements, move }: Context,
): RelationFacts {
  const constraints = facts.constraints.map((constraint) => {
    const isRule = constraint.kind === 'check' || constraint.kind === 'foreign key';
    const added = replacements.added.get(constraintKey(table, constraint.name));
    if (!isRule || added === undefined || !constraint.columns.includes(column)) return constraint;
    const definition = definitionIn(added);
    if (definition === null) return constraint;
    move(added);
    return { ...constraint, definition, validated: true };
  });
  return { ...facts, constraints };
}

function writtenAnew(asItIs: Piece, statement: Statement, context: Context, why: string): readonly Piece[] {
  context.warn(
    statement,
    `the table is written anew while reads and writes wait: ${why}`,
    'add a column of the new type, fill it by a backfill, and let the code take the new one',
  );
  return [asItIs];
}

function isFree(change: TypeChange, facts: RelationFacts, column: ColumnFacts): boolean {
  if (change.hasCollation || !change.isPlainCast || !isFreeCast(printedType(column.type), change.to)) return false;
  // Expressions and predicates are computed anew.
  return facts.indexes.every(
    ({ columns, definition }) =>
      !columns.includes(change.column) ||
      /USING \w+ \([^()]*\)(?: INCLUDE \([^()]*\))?(?: NULLS NOT DISTINCT)?$/.test(definition),
  );
}

/** A check of the column would be proved again, row by row, under the lock. */
function inPlace({ table, column }: TypeChange, { constraints }: RelationFacts, asItIs: Piece): readonly Piece[] {
  const alter = `ALTER TABLE ${quoted(table)}`;
  const checks = constraints.filter(({ kind, columns }) => kind === 'check' && columns.includes(column));
  if (checks.length === 0) return [asItIs];
  const names = checks.map(({ name }) => quoteIdentifier(name));
  return [
    inTransaction(
      ...names.map((name) => `${alter} DROP CONSTRAINT ${name}`),
      ...asItIs.statements,
      ...checks.map(
        ({ definition }, at) =>
          `${alter} ADD CONSTRAINT ${names[at]} ${definition.replace(/ NOT VALID$/, '')} NOT VALID`,
      ),
    ),
    inSteps(...checks.flatMap(({ validated }, at) => (validated ? [`${alter} VALIDATE CONSTRAINT ${names[at]}`] : []))),
  ];
}

/** NULL: the column can be swapped. */
function obstacle(change: TypeChange, facts: RelationFacts, column: ColumnFacts): string | null {
  if (facts.kind !== 'table') return `it is a ${facts.kind}`;
  if (facts.isPartition) return 'it is a partition';
  if (!facts.isWalkable) return NO_KEY;
  if (column.generated !== null) return 'the column is generated';
  if (facts.columns.some(({ generated }) => generated !== null && columnsRead(generated).includes(column.name)))
    return 'a generated column reads it';
  const excluded = facts.constraints.find(
    ({ kind, columns }) => kind === 'exclusion' && columns.includes(change.column),
  );
  return excluded === undefined ? null : `the column is in the exclusion constraint ${excluded.name}`;
}
