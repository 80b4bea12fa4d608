import { copyColumnGrants } from '../../objects/grants.ts';
import { quoteIdentifier, quoteLiteral } from '../../objects/quote.ts';
import type { Context } from '../context.ts';
import { notNullSteps } from '../forms/not-null.ts';
import { concurrently, incomingBeside, indexBeside, ruleBeside } from '../rebuilt.ts';
import { quoted } from '../relation-name.ts';
import { withColumn } from '../retype/columns-in-sql.ts';
import { syncFunction, syncTrigger } from './keep-equal.ts';
import { pairOf, type Twin, type TwinColumn, type TwinRule } from './twin.ts';

/** The new columns, and the trigger that keeps each pair equal from now on. Brief. */
export function expandTwin(twin: Twin): readonly string[] {
  const table = quoted(twin.table);
  return [
    ...twin.columns.map(({ own, fresh }) => addColumn(twin, own, fresh)),
    ...commentsOnColumns(twin, ({ fresh }) => fresh),
    copyColumnGrants(
      table,
      table,
      twin.columns.map(({ own, fresh }) => [own.name, fresh]),
    ),
    syncFunction(twin, 'old', 'CREATE'),
    syncTrigger(twin),
  ];
}

/** A column without what must be written or checked row by row. */
export function addColumn({ alter }: Twin, { type, collation }: TwinColumn['own'], name: string): string {
  return `${alter} ADD COLUMN ${quoteIdentifier(name)} ${type}${collation === null ? '' : ` COLLATE ${collation}`}`;
}

export function commentsOnColumns({ table, columns }: Twin, named: (column: TwinColumn) => string): readonly string[] {
  return columns.flatMap((column) => {
    const on = `${quoted(table)}.${quoteIdentifier(named(column))}`;
    return column.own.comment === null ? [] : [`COMMENT ON COLUMN ${on} IS ${quoteLiteral(column.own.comment)}`];
  });
}

/** Everything that takes time, step by step beside reads and writes: the rows that were there, then whatever stands on the columns, over
 *  the new ones. The old column of a primary key gets an index of its own, for it loses the key before the older build is gone. */
export function fillTwin(twin: Twin, context: Context): readonly string[] {
  const { table, alter, columns, keys, primaryKey, until } = twin;
  const fills = columns.map((column) => {
    const [old, fresh] = pairOf(column);
    return `UPDATE ${quoted(table)} SET ${fresh} = ${old} WHERE ${fresh} IS NULL AND ${old} IS NOT NULL`;
  });
  return [
    ...fills,
    ...columns.flatMap(({ own, fresh }) => (own.notNull ? notNullSteps(table, fresh, context) : [])),
    ...(primaryKey === null
      ? []
      : [indexBeside(twin, primaryKey.index), concurrently(primaryKey.index.definition, primaryKey.meanwhile, table)]),
    ...twin.indexes.map((index) => indexBeside(twin, index)),
    ...keys.map(
      ({ name, definition }) =>
        `${alter} ADD CONSTRAINT ${quoteIdentifier(until(name))} UNIQUE USING INDEX ${quoteIdentifier(until(name))}${deferral(definition)}`,
    ),
    ...twin.rules.flatMap((rule) => beside(twin, rule)),
    ...twin.incoming.flatMap((key) => incomingBeside(twin, key)),
  ];
}

function beside(twin: Twin, rule: TwinRule): readonly string[] {
  if (rule.anew === null) return ruleBeside(twin, rule);
  return ruleBeside(
    { ...twin, moved: (definition) => definition },
    { ...rule, definition: rule.anew, validated: true },
  );
}

/** Statistics name their columns outside of parentheses. */
export function statisticsOver({ columns, table }: Twin, definition: string): string {
  const [, before = definition, list = ''] = /^(.*? ON )(.*) FROM .*$/s.exec(definition) ?? [];
  const moved = columns.reduce((text, { own, fresh }) => withColumn(text, own.name, fresh), `(${list})`);
  return list === '' ? definition : `${before}${moved.slice(1, -1)} FROM ${quoted(table)}`;
}

/** ` DEFERRABLE …` of a key's definition, or ''. */
export function deferral(definition: string): string {
  return / DEFERRABLE( INITIALLY DEFERRED)?$/.exec(definition)?.[0] ?? '';
}
