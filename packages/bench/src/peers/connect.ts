import postgres from 'postgres';
import { report } from './report.ts';

/** The least that a migrator can do: connect as ours does, ask once, close. */
await report(async (url) => {
  const sql = postgres(url, { max: 1, fetch_types: false, prepare: false, onnotice: () => undefined });
  await sql`SELECT 1`;
  await sql.end({ timeout: 5 });
});
