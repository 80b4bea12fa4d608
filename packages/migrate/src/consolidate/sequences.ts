import type { Sql } from 'postgres';
import { qualified } from '../backup/contents.ts';
import { quoteLiteral } from '../objects/quote.ts';
import type { SourceSequence } from './source-table.ts';

export interface SequencePlace {
  readonly sequence: SourceSequence;
  readonly lastValue: string;
  readonly isCalled: boolean;
}

export async function readPlaces(
  sql: Sql,
  schema: string,
  sequences: readonly SourceSequence[],
): Promise<readonly SequencePlace[]> {
  const places: SequencePlace[] = [];
  for (const sequence of sequences) {
    const [row] = await sql.unsafe<{ lastValue: string; isCalled: boolean }[]>(
      `SELECT last_value::text AS "lastValue", is_called AS "isCalled" FROM ${qualified(schema, sequence.name)}`,
    );
    if (row !== undefined) places.push({ sequence, ...row });
  }
  return places;
}

/** Brings the copies of sequences to where the others stand; an identity column's is found by its column. */
export async function setPlaces(sql: Sql, schema: string, places: readonly SequencePlace[]): Promise<void> {
  for (const { sequence, lastValue, isCalled } of places) {
    const { name, create, ownedBy } = sequence;
    const own = quoteLiteral(qualified(schema, name));
    const found =
      create === null && ownedBy !== null
        ? `pg_get_serial_sequence(${quoteLiteral(qualified(schema, ownedBy.table))}, ${quoteLiteral(ownedBy.column)})`
        : own;
    await sql.unsafe(`SELECT setval(${found}::regclass, ${lastValue}, ${isCalled})`);
  }
}
