import type { Sql } from 'postgres';
import { isOrphan, parseOwnedName } from '../owner/owned-name.ts';
import { BUILDING_PREFIX, CLONE_PREFIX, TEMPLATE_PREFIX, templateBuiltAt } from './names.ts';

const DAY_SECONDS = 86_400;
/** A database made on another machine is taken for dead after one day; its maker's pid means nothing here. */
const FOREIGN_DEAD_AFTER_SECONDS = DAY_SECONDS;
/** A template is dropped a week after it was built; whoever still wants it builds it again. */
const TEMPLATE_STALE_AFTER_SECONDS = 7 * DAY_SECONDS;

const swept = new Set<string>();

/** {@link sweepDatabases}, once per server and process. */
export async function sweepDatabasesOnce(sql: Sql, server: string): Promise<void> {
  if (swept.has(server)) return;
  swept.add(server);
  await sweepDatabases(sql);
}

interface Found {
  name: string;
  /** NULL: none. */
  comment: string | null;
}

/** Drops test databases whose maker is dead, half-built and old templates. Touches no name that this package did not make.
 *  Returns how many it found; one that another process uses or drops at this moment is left to that process. */
export async function sweepDatabases(sql: Sql): Promise<number> {
  const found = await sql<Found[]>`
    select datname as name, shobj_description(oid, 'pg_database') as comment from pg_database where datname like 'lp\\_%'`;
  const dead = found.filter((database) => isDead(database, Date.now() / 1_000));
  for (const { name } of dead) {
    await sql`alter database ${sql(name)} with is_template false`.catch(() => undefined);
    await sql`drop database if exists ${sql(name)} with (force)`.catch(() => undefined);
  }
  return dead.length;
}

/** Decides by name and comment alone. */
export function isDead({ name, comment }: Found, nowSeconds: number): boolean {
  if (name.startsWith(TEMPLATE_PREFIX)) {
    const builtAt = templateBuiltAt(comment);
    return builtAt !== undefined && nowSeconds - builtAt > TEMPLATE_STALE_AFTER_SECONDS;
  }
  const owned = parseOwnedName(name);
  if (owned === undefined || (owned.prefix !== CLONE_PREFIX && owned.prefix !== BUILDING_PREFIX)) return false;
  return owned.isLocal ? isOrphan(owned) : nowSeconds - owned.madeAtSeconds > FOREIGN_DEAD_AFTER_SECONDS;
}
