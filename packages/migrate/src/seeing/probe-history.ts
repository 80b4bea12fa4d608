import postgres, { type Sql } from 'postgres';
import { driverAddress, type Target } from '../connect/target.ts';
import { fromConnection, sqlStateOf } from '../errors/from-driver.ts';
import type { HistoryState } from '../plan/plan.ts';

/** A connection that looks at the history again and again; it takes no lock, and a pooler may stand between. */
export interface HistoryProbe extends AsyncDisposable {
  /** @throws {DbError} what connecting can throw */
  look(): Promise<HistoryState>;
}

const NO_HISTORY: HistoryState = { applied: [], halfDone: new Set() };
/** No such schema, or no such table: nothing was ever applied. */
const ABSENT = new Set<string | undefined>(['3F000', '42P01']);

/** Opens nothing yet; the first look does, and a look after a loss does again. */
export function createProbe(target: Target, domain: string): HistoryProbe {
  const sql = postgres(target.url, {
    ...driverAddress(target),
    max: 1,
    fetch_types: false,
    prepare: false,
    connect_timeout: 5,
    onnotice: () => {},
    connection: { application_name: `db wait ${domain}` },
  });
  return {
    look: () =>
      read(sql, domain).catch((error: unknown) => {
        if (ABSENT.has(sqlStateOf(error))) return NO_HISTORY;
        throw fromConnection(error, target);
      }),
    [Symbol.asyncDispose]: () => sql.end({ timeout: 1 }),
  };
}

/** Names and checksums only, and what has begun and not ended. */
async function read(sql: Sql, domain: string): Promise<HistoryState> {
  const [row] = await sql<{ applied: readonly { name: string; checksum: string }[]; begun: readonly string[] }[]>`
    SELECT (SELECT coalesce(json_agg(json_build_object('name', name, 'checksum', checksum)), '[]') FROM migrations.applied WHERE domain = d) AS applied,
      (SELECT coalesce(json_agg(DISTINCT name), '[]') FROM migrations.steps WHERE domain = d) AS begun
    FROM (SELECT ${domain}::text AS d) AS asked`;
  const unread = { appliedAt: new Date(0), appliedBy: '', appVersion: null, durationMs: null, late: false };
  return { applied: (row?.applied ?? []).map((one) => ({ ...one, ...unread })), halfDone: new Set(row?.begun) };
}
