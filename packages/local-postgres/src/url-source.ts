import { withConnection } from './connection.ts';
import { codeOf, messageOf } from './error-text.ts';
import { LocalPostgresError } from './errors.ts';
import { say } from './say.ts';
import { serverHandle } from './server-handle.ts';
import type { LocalPostgres } from './types.ts';
import { withoutPassword } from './without-password.ts';

/** Takes a running server as it is. @throws {LocalPostgresError} LP_URL_UNREACHABLE */
export async function takeUrl(url: string, tell: (line: string) => void = say): Promise<LocalPostgres> {
  const version = await serverVersion(url);
  tell(`PostgreSQL ${version} at ${withoutPassword(url)} (taken as it is)`);
  return serverHandle({ url, source: 'url', version }, () => Promise.resolve());
}

/** Major version that the server reports. @throws {LocalPostgresError} LP_URL_UNREACHABLE */
export async function serverVersion(url: string): Promise<number> {
  try {
    const rows = await withConnection(
      url,
      (sql) => sql<{ number: string }[]>`select current_setting('server_version_num') as number`,
    );
    return Math.floor(Number(rows[0]?.number) / 10_000);
  } catch (error) {
    throw new LocalPostgresError('LP_URL_UNREACHABLE', {
      expected: `a PostgreSQL server at ${withoutPassword(url)}`,
      got: `${codeOf(error) ?? 'error'}: ${messageOf(error)}`,
      fix: 'start that server or correct the URL; without a URL a server is started for you',
      cause: error,
    });
  }
}
