import postgres, { type Sql } from 'postgres';
import { readCatalog } from '../../src/index.ts';

/** What an undisturbed run leaves, as far as it does not depend on the clock: catalog, rows and history. */
export interface EndState {
  readonly catalog: Readonly<Record<string, string>>;
  /** Table → its rows as text, in order. */
  readonly rows: Readonly<Record<string, readonly string[]>>;
  readonly applied: readonly unknown[];
  /** What the journal says of successes; attempts are as many as there were. */
  readonly journal: readonly unknown[];
  readonly steps: readonly unknown[];
  readonly backfills: readonly unknown[];
  /** What `drift` compares with, and whether a run has left it open. */
  readonly recorded: readonly unknown[];
}

export async function readEndState(url: string): Promise<EndState> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return {
      catalog: Object.fromEntries(await readCatalog(sql, ['shop', 'migrations', 'public'])),
      rows: await readRows(sql),
      applied:
        await sql`SELECT domain, name, checksum, down_checksum, late FROM migrations.applied ORDER BY domain, name`,
      journal: await sql`
        SELECT name, event, count(*)::int AS times FROM migrations.journal WHERE event IN ('applied', 'backfilled', 'rolled back') GROUP BY name, event ORDER BY name, event`,
      steps: await sql`SELECT name, statement, state FROM migrations.steps ORDER BY name, statement`,
      backfills: await sql`SELECT name, state, cursor, rows_done::int AS rows FROM migrations.backfills ORDER BY name`,
      recorded:
        await sql`SELECT domain, expected_hash, base IS NULL AS closed FROM migrations.catalogs ORDER BY domain`,
    };
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function readRows(sql: Sql): Promise<EndState['rows']> {
  const tables = await sql<{ name: string }[]>`
    SELECT c.oid::regclass::text AS name FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'shop'::regnamespace ORDER BY 1`;
  const rows: Record<string, readonly string[]> = {};
  for (const { name } of tables) {
    rows[name] = (await sql.unsafe<{ row: string }[]>(`SELECT t::text AS row FROM ${name} t ORDER BY 1`)).map(
      ({ row }) => row,
    );
  }
  return rows;
}
