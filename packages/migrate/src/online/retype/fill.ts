import { quoteIdentifier } from '../../objects/quote.ts';
import { cut, tokensOf } from '../../sql/tokens.ts';
import type { Context } from '../context.ts';
import type { ConstraintFacts, IncomingKey, IndexFacts } from '../facts.ts';
import { notNullSteps } from '../forms/not-null.ts';
import { quoted } from '../relation-name.ts';
import { withColumn } from './columns-in-sql.ts';
import type { SwappedColumn } from './swapped-column.ts';

/** Everything that takes time, one by one beside reads and writes: the old rows, then whatever stands on the column, over the new one. */
export function fill(swap: SwappedColumn, context: Context): readonly string[] {
  const { change, column, fresh, value } = swap;
  const name = quoteIdentifier(fresh);
  return [
    `UPDATE ${quoted(change.table)} SET ${name} = ${value} WHERE ${name} IS NULL AND (${value}) IS NOT NULL`,
    ...(column.notNull ? notNullSteps(change.table, fresh, context) : []),
    ...indexesOn(swap).map((index) => concurrently(swap, index)),
    ...rulesOn(swap).flatMap((rule) => notValidYet(swap, rule)),
    ...incomingTo(swap).flatMap((key) => incoming(swap, key)),
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

function concurrently({ change, fresh, until }: SwappedColumn, { definition, name }: IndexFacts): string {
  const moved = withColumn(definition, change.column, fresh);
  const words = tokensOf(moved);
  const index = words.findIndex(({ text }) => text === 'INDEX');
  return `${cut(moved, 0, words[index]?.end)} CONCURRENTLY ${quoteIdentifier(until(name))}${cut(moved, words[index + 1]?.end ?? 0)}`;
}

function notValidYet({ alter, change, fresh, until }: SwappedColumn, rule: ConstraintFacts): readonly string[] {
  const name = quoteIdentifier(until(rule.name));
  const definition = rule.definition.replace(/ NOT VALID$/, '');
  const [own, references] = parts(definition);
  const add = `${alter} ADD CONSTRAINT ${name} ${withColumn(own, change.column, fresh)}${references} NOT VALID`;
  return rule.validated ? [add, `${alter} VALIDATE CONSTRAINT ${name}`] : [add];
}

function incoming({ change, fresh, until }: SwappedColumn, key: IncomingKey): readonly string[] {
  const [own, references] = parts(key.definition.replace(/ NOT VALID$/, ''));
  const alter = `ALTER TABLE ${quoted(key.table)}`;
  const name = quoteIdentifier(until(key.name));
  return [
    `${alter} ADD CONSTRAINT ${name} ${own}${withColumn(references, change.column, fresh)} NOT VALID`,
    `${alter} VALIDATE CONSTRAINT ${name}`,
  ];
}

/** A foreign key's own columns, and what it points to. */
function parts(definition: string): readonly [string, string] {
  const at = definition.startsWith('FOREIGN KEY') ? definition.indexOf(' REFERENCES ') : definition.length;
  return [definition.slice(0, at), definition.slice(at)];
}
