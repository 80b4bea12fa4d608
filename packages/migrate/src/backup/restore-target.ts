import { openSession, type Session } from '../connect/session.ts';
import { parseTarget, type Target } from '../connect/target.ts';
import { DbError } from '../errors/db-error.ts';
import { quoteIdentifier } from '../objects/quote.ts';

/** Where a restore goes: the domain's own database, one that a URL names, or one of that name on the domain's server.
 *  @throws {DbError} DB_URL_INVALID */
export function restoreTarget(own: Target, to: string | undefined): Target {
  if (to === undefined) return own;
  return { ...(/^postgres(?:ql)?:/.test(to) ? parseTarget(to, '--to') : onSameServer(own, to)), ...timeoutOf(own) };
}

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

/** Opens a session on the target; a database that was named and is not there is made, and taken away again where `body` fails. */
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
  await onMaintenance(target, app, `CREATE DATABASE ${quoteIdentifier(target.database)} TEMPLATE template0`);
  try {
    await using session = await openSession(target, { app });
    return await body(session, true);
  } catch (error) {
    await onMaintenance(target, app, `DROP DATABASE ${quoteIdentifier(target.database)}`).catch(() => {});
    throw error;
  }
}

async function onMaintenance(target: Target, app: string, statement: string): Promise<void> {
  await using session = await openSession(onSameServer(target, 'postgres'), { app });
  await session.sql.unsafe(statement);
}
