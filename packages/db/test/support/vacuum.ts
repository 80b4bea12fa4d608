import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from 'postgres';

/** VACUUM ANALYZE until every page of the table is known to be all-visible, so that index-only scans cost what they cost on a settled
 *  table: another session's snapshot (an autovacuum, say) can keep one VACUUM from seeing that. */
export async function vacuumUntilVisible(sql: Sql, table: string): Promise<void> {
  for (let tries = 0; tries < 40; tries += 1) {
    await sql.unsafe(`VACUUM ANALYZE ${table}`);
    const [row] =
      await sql`SELECT relallvisible >= relpages AS settled FROM pg_class WHERE oid = to_regclass(${table})`;
    if (row?.['settled'] === true) return;
    await sleep(250);
  }
  throw new Error(`${table}: some pages are still not all-visible after 10 s`);
}
