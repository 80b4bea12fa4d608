import type { Sql } from 'postgres';
import { type ConnectedBuild, parseBuild } from './build.ts';

/** The builds of a domain that have a session in this database now, oldest first. Programs that do not say what they know are not among
 *  them. Every role may see what sessions call themselves. */
export async function connectedBuilds(sql: Sql, domain: string): Promise<readonly ConnectedBuild[]> {
  const rows = await sql<{ name: string; sessions: number; since: Date | null }[]>`
    SELECT application_name AS name, count(*)::int AS sessions, min(backend_start) AS since
    FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE ${`% ${domain}@%`} GROUP BY 1`;
  return rows
    .flatMap(({ name, sessions, since }) => {
      const build = parseBuild(name);
      return build?.domain === domain ? [{ ...build, sessions, since: since ?? new Date(0) }] : [];
    })
    .sort((a, b) => (a.head < b.head ? -1 : 1));
}
