import { cloneDatabase } from '../../author/scratch.ts';
import { openSession } from '../../connect/session.ts';
import { parseTarget, type Target } from '../../connect/target.ts';
import { sqlStateOf } from '../../errors/from-driver.ts';
import type { Copy } from './copy.ts';

/** A copy, or why there is none. */
export type Cloned = { readonly ok: true; readonly copy: Copy } | { readonly ok: false; readonly why: string };

/** object_in_use, insufficient_privilege. */
const IN_USE = '55006';
const NOT_ALLOWED = '42501';

/** Copies a whole database on its own server, rows and statistics included. The server does that only while nobody else is connected to
 *  it; nothing of it is changed. */
export async function cloneOf(target: Target, serverVersion: number): Promise<Cloned> {
  try {
    const database = await cloneDatabase(target);
    const copy: Copy = {
      target: parseTarget(database.url, 'the copy'),
      report: { how: 'clone', why: null, generated: {}, serverVersion },
      [Symbol.asyncDispose]: () => database.drop(),
    };
    return { ok: true, copy };
  } catch (error) {
    const state = error instanceof Error ? sqlStateOf(error.cause) : undefined;
    if (state === IN_USE) return { ok: false, why: `others are connected to ${target.label}: ${await whoIs(target)}` };
    if (state === NOT_ALLOWED)
      return {
        ok: false,
        why: `its role may not copy it: that takes CREATEDB and the ownership of ${target.database}`,
      };
    throw error;
  }
}

async function whoIs(target: Target): Promise<string> {
  await using session = await openSession(target, { app: 'db rehearse', readOnly: true });
  const rows = await session.sql<{ application: string; count: number }[]>`
    SELECT coalesce(nullif(application_name, ''), usename, backend_type) AS application, count(*)::int AS count
    FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() GROUP BY 1 ORDER BY 2 DESC, 1`;
  return rows.map(({ application, count }) => `${application} (${count})`).join(', ') || 'they have just gone';
}
