import type { Backfill } from '@repo/migrate/config';
import type { Sql } from 'postgres';

/** A uuid that a small number stands for; they sort as the numbers do. */
export const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** A moment some seconds after a fixed one. */
export const at = (seconds: number) => new Date(Date.UTC(2026, 9, 1) + seconds * 1_000);

/** Inserts a train with one owner and gives its id. */
export async function insertTrain(sql: Sql, number: number, ...owners: readonly string[]): Promise<string> {
  const id = uuid(number);
  await sql.begin(async (tx) => {
    await tx`INSERT INTO train.trains (id, train_id, name) VALUES (${id}, ${`train-${number}`}, 'A train')`;
    for (const email of owners) {
      await tx`INSERT INTO train.train_members (train_id, user_email, role, added_by) VALUES (${id}, ${email}, 'owner', 'test')`;
    }
  });
  return id;
}

/** Inserts requests; what a row leaves out has a value that means nothing. The column is `domain` before migration 012. */
export async function insertRequests(
  sql: Sql,
  rows: readonly (Readonly<Record<string, unknown>> & { readonly request_id: string })[],
  trainColumn: 'domain' | 'train_id' = 'train_id',
): Promise<void> {
  for (const row of rows) {
    const full = { [trainColumn]: 'team', timestamp: at(0), method: 'POST', path: '/v1/messages', ...row };
    const values = Object.entries(full).map(([column, value]) => [column, isJson(value) ? sql.json(value) : value]);
    await sql`INSERT INTO train.api_requests ${sql(Object.fromEntries(values))}`;
  }
}

type Json = Parameters<Sql['json']>[0];
const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !(value instanceof Date);

/** Runs a data step as the engine does: keyset batches, each a transaction. Gives the rows changed.
 *  `batchSize` small, so that what belongs together falls into different batches. */
export async function run(sql: Sql, backfill: Backfill, batchSize = 2): Promise<number> {
  const { table, key, batch } = backfill;
  let [changed, lower] = [0, null as string | null];
  for (;;) {
    const [page] = await sql.unsafe<{ upper: string | null }[]>(
      `SELECT k::text AS upper FROM (SELECT ${key.column} AS k FROM ${table}
       WHERE $1::uuid IS NULL OR ${key.column} > $1::uuid ORDER BY 1 LIMIT ${batchSize}) AS page ORDER BY k DESC LIMIT 1`,
      [lower],
    );
    if (page === undefined) return changed;
    changed += (await sql.unsafe(batch, [lower, page.upper, ...parameters(backfill)])).count;
    lower = page.upper;
  }
}

/** What a data step says is left to do. */
export async function remaining(sql: Sql, backfill: Backfill): Promise<number> {
  const [row] = await sql.unsafe(backfill.remaining, parameters(backfill));
  return Number(row?.['count']);
}

/** As JSON text, the way the engine sends objects. */
function parameters({ parameters: values = [] }: Backfill): string[] {
  return values.map((value) => JSON.stringify(value));
}
