import { copyColumnGrants } from '../../objects/grants.ts';
import { quoteIdentifier, quoteLiteral } from '../../objects/quote.ts';
import type { DraftDown } from '../piece.ts';
import { concurrently } from '../rebuilt.ts';
import { quoted } from '../relation-name.ts';
import { beside } from '../retype/swapped-column.ts';
import { addColumn, commentsOnColumns, deferral } from './expand.ts';
import { syncFunction, syncTrigger } from './keep-equal.ts';
import { pairOf, type Twin } from './twin.ts';

/** What a later release does: the old columns go, with their indexes and keys and what kept them equal, and those of the new ones get the
 *  names. Brief. */
export function contractTwin(twin: Twin): readonly string[] {
  const { table, alter, trigger, sync, columns } = twin;
  return [
    `DROP TRIGGER ${trigger} ON ${quoted(table)}`,
    `DROP FUNCTION ${sync}()`,
    ...columns.map((column) => `${alter} DROP COLUMN ${pairOf(column)[0]}`),
    ...renames(twin, (until, name) => [until, name]),
    ...comments(twin, twin.later),
  ];
}

/** The way back: the old columns come back with their values and all that an older build needs of them, beside reads and writes. */
export function bringTwinBack(twin: Twin): DraftDown {
  const { table, alter, columns, primaryKey, keys, indexes, later } = twin;
  const quotedTable = quoted(table);
  return {
    noTransaction: true,
    inBatches: true,
    statements: [
      ...renames(twin, (until, name) => [name, until]),
      ...comments(twin, twin.until, true),
      ...columns.map(({ own }) => addColumn(twin, own, own.name)),
      ...commentsOnColumns(twin, ({ own }) => own.name),
      copyColumnGrants(
        quotedTable,
        quotedTable,
        columns.map(({ own, fresh }) => [fresh, own.name]),
      ),
      syncFunction(twin, 'new', 'CREATE'),
      syncTrigger(twin),
      ...columns.map((column) => {
        const [old, fresh] = pairOf(column);
        return `UPDATE ${quotedTable} SET ${old} = ${fresh} WHERE ${old} IS NULL AND ${fresh} IS NOT NULL`;
      }),
      ...(primaryKey === null ? [] : [concurrently(primaryKey.index.definition, primaryKey.meanwhile, table)]),
      ...indexes.map(({ definition, name }) => concurrently(definition, later(name), table)),
      ...keys.map(
        ({ name, definition }) =>
          `${alter} ADD CONSTRAINT ${quoteIdentifier(later(name))} UNIQUE USING INDEX ${quoteIdentifier(later(name))}${deferral(definition)}`,
      ),
      ...comments(twin, later),
    ],
  };
}

/** Between the names of meanwhile and those that stay, of all but what the swap has renamed. */
function renames(
  { table, alter, keys, indexes, until, later }: Twin,
  direction: (until: string, name: string) => readonly [string, string],
): readonly string[] {
  const way = (name: string) => direction(until(name), later(name));
  return [
    ...keys.map(({ name }) => {
      const [from, to] = way(name).map(quoteIdentifier);
      return `${alter} RENAME CONSTRAINT ${from} TO ${to}`;
    }),
    ...indexes
      .filter(({ constraint }) => constraint === null)
      .map(({ name }) => {
        const [from, to] = way(name);
        return `ALTER INDEX ${beside(table, from)} RENAME TO ${quoteIdentifier(to)}`;
      }),
  ];
}

/** `named`: what it is called then. `isGone`: it has no comment any more. */
function comments({ table, keys, indexes }: Twin, named: (name: string) => string, isGone = false): readonly string[] {
  const text = (comment: string) => (isGone ? 'NULL' : quoteLiteral(comment));
  const onKeys = keys.flatMap(({ name, comment }) =>
    comment === null
      ? []
      : [`COMMENT ON CONSTRAINT ${quoteIdentifier(named(name))} ON ${quoted(table)} IS ${text(comment)}`],
  );
  const onIndexes = indexes.flatMap(({ name, comment }) =>
    comment === null ? [] : [`COMMENT ON INDEX ${beside(table, named(name))} IS ${text(comment)}`],
  );
  return [...onKeys, ...onIndexes];
}
