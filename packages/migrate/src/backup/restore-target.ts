import { openSession, type Session } from '../connect/session.ts';
import { parseTarget, type Target } from '../connect/target.ts';
import { DbError } from '../errors/db-error.ts';
import { connectionCode, sqlStateOf } from '../errors/from-driver.ts';
import { historyPresence } from '../history/ensure.ts';
import { quoteIdentifier } from '../objects/quote.ts';

/** Where a restore goes: the domain's own database, one that a URL names, or one of that name on the domain's server.
 *  @throws {DbError} DB_URL_INVALID, DB_USAGE */
export function restoreTarget(own: Target, to: string | undefined): Target {
  if (to === undefined) return own;
  if (!isUrl(to)) requireName(to);
  return { ...(isUrl(to) ? parseTarget(to, '--to') : onSameServer(own, to)), ...timeoutOf(own) };
}

function isUrl(to: string): boolean {
  return /^postgres(?:ql)?:/.test(to);
}

/** PostgreSQL would cut a longer name without a word, and a URL cannot carry every sign. */
function requireName(to: string): void {
  const bytes = Buffer.byteLength(to);
  if (bytes > 0 && bytes <= NAME_BYTES && !/[/:@\\]/.test(to)) return;
  const why = `--to: expected a URL, or the name of a database: 1 to ${NAME_BYTES} bytes without / : @ \\, got "${to}"`;
  throw new DbError('DB_USAGE', { why, changed: 'nothing was changed' });
}

const NAME_BYTES = 63;

function onSameServer(target: Target, database: string): Target {
  const url = new URL(target.url);
  url.pathname = `/${encodeURIComponent(database)}`;
  if (target.socket !== null) url.searchParams.set('host', target.socket);
  const { certificates, libpqFiles } = target;
  return {
    ...parseTarget(url.href, '--to'),
    ...(certificates === undefined ? {} : { certificates }),
    ...(libpqFiles === undefined ? {} : { libpqFiles }),
  };
}

function timeoutOf({ connectTimeoutSeconds }: Target): Partial<Target> {
  return connectTimeoutSeconds === undefined ? {} : { connectTimeoutSeconds };
}

/** Opens a session on the target; a database that was named and is not there is made, and taken away again where `body` fails and nobody
 *  else has put anything into it. Two that restore into one new database at a time both come in.
 *  @throws {DbError} DB_PRIVILEGE, and what connecting can throw */
export async function withDatabase<T>(
  target: Target,
  mayCreate: boolean,
  app: string,
  body: (session: Session, created: boolean) => Promise<T>,
): Promise<T> {
  const found = await openSession(target, { app }).catch((error: unknown) => {
    if (mayCreate && error instanceof DbError && error.code === 'DB_NO_DATABASE') return null;
    throw error;
  });
  if (found !== null) {
    await using session = found;
    return await body(session, false);
  }
  const created = await create(target, app);
  try {
    await using session = await openSession(target, { app });
    return await body(session, created);
  } catch (error) {
    if (created) await dropEmpty(target, app).catch(() => {});
    throw error;
  }
}

/** A name that is taken; where two made it at once, the row in the catalog. */
const TAKEN = new Set(['42P04', '23505']);

/** @returns false where somebody else has made it meanwhile */
async function create(target: Target, app: string): Promise<boolean> {
  try {
    await onMaintenance(target, app, `CREATE DATABASE ${quoteIdentifier(target.database)} TEMPLATE template0`);
    return true;
  } catch (error) {
    if (TAKEN.has(sqlStateOf(error) ?? '')) return false;
    if (connectionCode(error) !== 'DB_PRIVILEGE') throw error;
    const why = `${target.database} is not there, and ${error instanceof Error ? error.message : String(error)}`;
    const fix = `as a superuser: CREATE DATABASE ${quoteIdentifier(target.database)} OWNER ${quoteIdentifier(target.user)}; then run again`;
    throw new DbError('DB_PRIVILEGE', { why, at: target.label, fix, changed: 'nothing was changed' }, { cause: error });
  }
}

/** What we put into it is rolled back; a history is another restore's. */
async function dropEmpty(target: Target, app: string): Promise<void> {
  {
    await using session = await openSession(target, { app, readOnly: true });
    if ((await historyPresence(session)) !== 'absent') return;
  }
  await onMaintenance(target, app, `DROP DATABASE ${quoteIdentifier(target.database)}`);
}

async function onMaintenance(target: Target, app: string, statement: string): Promise<void> {
  await using session = await openSession(onSameServer(target, 'postgres'), { app });
  await session.sql.unsafe(statement);
}
