import type { Sql } from 'postgres';
import { sqlLiteral } from '../history/history-statement.ts';
import { quoteIdentifier } from '../objects/quote.ts';
import type { KeyColumn } from './source-table.ts';

/** A place in the order of a table's key: the values of its columns as text. */
export type Place = readonly string[];

/** The rows with `key > lower AND key <= upper`; NULL is the beginning, or the end. A table without a key has one range, the whole. */
export interface Range {
  readonly lower: Place | null;
  readonly upper: Place | null;
}

export const WHOLE: Range = { lower: null, upper: null };

/** The order of a key as SQL. It is the same on every server: text goes by its bytes. */
export function orderOf(key: readonly KeyColumn[]): string {
  return key.map(({ name, collated }) => `${quoteIdentifier(name)}${collated ? ' COLLATE "C"' : ''}`).join(', ');
}

/** Condition for the rows of a range. */
export function inRange(key: readonly KeyColumn[], { lower, upper }: Range): string {
  const side = (sign: string, place: Place | null) =>
    place === null ? [] : [`(${orderOf(key)}) ${sign} (${placeOf(key, place)})`];
  return ['true', ...side('>', lower), ...side('<=', upper)].join(' AND ');
}

function placeOf(key: readonly KeyColumn[], place: Place): string {
  return key.map(({ type }, at) => `${sqlLiteral(place[at] ?? '')}::${type}`).join(', ');
}

/** The place of the last of at most `rows` rows of a range, and how many they are. NULL: the range is empty. */
export async function lastOf(
  sql: Sql,
  table: string,
  key: readonly KeyColumn[],
  range: Range,
  rows: number,
): Promise<{ readonly place: Place; readonly rows: number } | null> {
  const names = key.map(({ name }) => quoteIdentifier(name)).join(', ');
  const order = orderOf(key);
  const backwards = key
    .map(({ name, collated }) => `${quoteIdentifier(name)}${collated ? ' COLLATE "C"' : ''} DESC`)
    .join(', ');
  const texts = key.map(({ name }) => `${quoteIdentifier(name)}::text`).join(', ');
  const [found] = await sql.unsafe<{ place: Place; rows: number }[]>(`
    WITH page AS (SELECT ${names} FROM ${table} WHERE ${inRange(key, range)} ORDER BY ${order} LIMIT ${rows})
    SELECT json_build_array(${texts}) AS place, (SELECT count(*) FROM page)::int AS rows FROM page ORDER BY ${backwards} LIMIT 1`);
  return found ?? null;
}
