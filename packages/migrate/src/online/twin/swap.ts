import { quoteIdentifier, quoteLiteral } from '../../objects/quote.ts';
import { quoted } from '../relation-name.ts';
import { sequenceAndDefault } from '../retype/swap.ts';
import { deferral, statisticsOver } from './expand.ts';
import { syncFunction } from './keep-equal.ts';
import { pairOf, type Twin } from './twin.ts';

/** From now on the new columns have the default, the primary key, the checks and the foreign keys; the old ones follow. One brief
 *  transaction. What an older build says in ON CONFLICT, and what its queries are fast by, stays. */
export function swapTwin(twin: Twin): readonly string[] {
  return [
    ...twin.incoming.map(({ table, name }) => `ALTER TABLE ${quoted(table)} DROP CONSTRAINT ${quoteIdentifier(name)}`),
    ...twin.rules.map(({ name }) => `${twin.alter} DROP CONSTRAINT ${quoteIdentifier(name)}`),
    ...primaryKey(twin),
    ...twin.columns.flatMap(({ own, fresh }) =>
      sequenceAndDefault({
        ...twin,
        change: { table: twin.table, column: own.name },
        column: own,
        fresh,
        keepsDefault: true,
      }),
    ),
    ...twin.columns.flatMap((column) =>
      column.own.notNull ? [`${twin.alter} ALTER COLUMN ${pairOf(column)[0]} DROP NOT NULL`] : [],
    ),
    syncFunction(twin, 'new', 'CREATE OR REPLACE'),
    ...twin.rules.map(({ name }) => `${twin.alter} ${renamed(twin, name)}`),
    ...twin.incoming.map(({ table, name }) => `ALTER TABLE ${quoted(table)} ${renamed(twin, name)}`),
    ...twin.statistics.flatMap(({ name, definition }) => [
      `DROP STATISTICS ${quoted(name)}`,
      statisticsOver(twin, definition),
    ]),
    ...comments(twin),
  ];
}

function primaryKey({ primaryKey: key, alter, until }: Twin): readonly string[] {
  if (key === null) return [];
  const [name, index] = [key.constraint.name, until(key.index.name)].map(quoteIdentifier);
  return [
    `${alter} DROP CONSTRAINT ${name}`,
    `${alter} ADD CONSTRAINT ${name} PRIMARY KEY USING INDEX ${index}${deferral(key.constraint.definition)}`,
  ];
}

/** What its way back begins with: the index by which the old columns have stayed unique is their primary key again. Made anew, the key
 *  would be the younger index of the two, and foreign keys to the old columns would stand on the other one, which goes. */
export function swapTwinBack({ primaryKey: key, incoming, alter, until }: Twin): readonly string[] {
  if (key === null) return [];
  const [name, meanwhile] = [key.constraint.name, key.meanwhile].map(quoteIdentifier);
  return [
    ...incoming.map((one) => `ALTER TABLE ${quoted(one.table)} DROP CONSTRAINT ${quoteIdentifier(until(one.name))}`),
    `${alter} DROP CONSTRAINT ${name}`,
    `${alter} ADD CONSTRAINT ${name} PRIMARY KEY USING INDEX ${meanwhile}${deferral(key.constraint.definition)}`,
  ];
}

function renamed({ until }: Twin, name: string): string {
  return `RENAME CONSTRAINT ${quoteIdentifier(until(name))} TO ${quoteIdentifier(name)}`;
}

function comments(twin: Twin): readonly string[] {
  const table = quoted(twin.table);
  const on = (what: string, comment: string | null) =>
    comment === null ? [] : [`COMMENT ON ${what} IS ${quoteLiteral(comment)}`];
  const rules = [...twin.rules, ...(twin.primaryKey === null ? [] : [twin.primaryKey.constraint])];
  return [
    ...rules.flatMap(({ name, comment }) => on(`CONSTRAINT ${quoteIdentifier(name)} ON ${table}`, comment)),
    ...twin.incoming.flatMap((key) =>
      on(`CONSTRAINT ${quoteIdentifier(key.name)} ON ${quoted(key.table)}`, key.comment),
    ),
  ];
}
