import type { DemoOptions, SeedCount } from '@repo/migrate/config';
import { getTableName } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { Sql } from 'postgres';
import { insertMissing } from './insert-missing.ts';

const BATCH_ROWS = 5_000;

/** Writes the rows that a generator gives, 5,000 at a time, so that no more than one batch is in memory. Rows that meet an
 *  existing key are left out, so a second run inserts nothing; so are their children, where a real row has taken a parent's natural key. */
export async function insertGenerated<Row extends object>(
  sql: Sql,
  table: PgTable & { readonly $inferInsert: Row },
  rows: Iterable<NoInfer<Row>>,
  options: DemoOptions,
): Promise<SeedCount> {
  const name = getTableName(table);
  let [inserted, done] = [0, 0];
  for (const batch of batches(rows)) {
    inserted += await insertMissing(sql, table, batch, { leaveOutOrphans: true });
    done += batch.length;
    options.onProgress(name, done, options.rows);
  }
  return { table: name, inserted, rows: done };
}

function* batches<Row>(rows: Iterable<Row>): Generator<Row[]> {
  let batch: Row[] = [];
  for (const row of rows) {
    batch.push(row);
    if (batch.length < BATCH_ROWS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
