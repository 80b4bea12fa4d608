import { quoteIdentifier } from '../../objects/quote.ts';
import type { Context } from '../context.ts';
import type { ConstraintFacts, IncomingKey, IndexFacts } from '../facts.ts';
import { notNullSteps } from '../forms/not-null.ts';
import { incomingBeside, indexBeside, ruleBeside } from '../rebuilt.ts';
import { quoted } from '../relation-name.ts';
import type { SwappedColumn } from './swapped-column.ts';

/** Everything that takes time, one by one beside reads and writes: the old rows, then whatever stands on the column, over the new one. */
export function fill(swap: SwappedColumn, context: Pick<Context, 'relation'>): readonly string[] {
  const { change, fresh, value } = swap;
  const name = quoteIdentifier(fresh);
  return [
    `UPDATE ${quoted(change.table)} SET ${name} = ${value} WHERE ${name} IS NULL AND (${value}) IS NOT NULL`,
    ...build(swap, context),
  ];
}

/** Whatever stands on the column, over the new one, whose rows are filled. */
export function build(swap: SwappedColumn, context: Pick<Context, 'relation'>): readonly string[] {
  const { change, column, fresh } = swap;
  return [
    ...(column.notNull ? notNullSteps(change.table, fresh, context) : []),
    ...indexesOn(swap).map((index) => indexBeside(swap, index)),
    ...rulesOn(swap).flatMap((rule) => ruleBeside(swap, rule)),
    ...incomingTo(swap).flatMap((key) => incomingBeside(swap, key)),
  ];
}

/** Those that read the column, keys' ones among them. */
export function indexesOn({ facts, change }: SwappedColumn): readonly IndexFacts[] {
  return facts.indexes.filter(({ columns }) => columns.includes(change.column));
}

/** The checks and foreign keys that read it. */
export function rulesOn({ facts, change }: SwappedColumn): readonly ConstraintFacts[] {
  return facts.constraints.filter(
    ({ kind, columns }) => (kind === 'check' || kind === 'foreign key') && columns.includes(change.column),
  );
}

/** The foreign keys that point to it. */
export function incomingTo({ facts, change }: SwappedColumn): readonly IncomingKey[] {
  return facts.incoming.filter(({ columns }) => columns.includes(change.column));
}
