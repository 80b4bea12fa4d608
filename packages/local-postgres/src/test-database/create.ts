import type { Sql } from 'postgres';
import { urlOfDatabase, withConnection } from '../connection.ts';
import { codeOf, messageOf } from '../error-text.ts';
import { LocalPostgresError } from '../errors.ts';
import { ownedName } from '../owner/owned-name.ts';
import { ensureTemplate } from './build-template.ts';
import { defaultServer } from './default-server.ts';
import { CLONE_PREFIX } from './names.ts';
import { sweepDatabasesOnce } from './sweep-databases.ts';
import type { DatabaseTemplate, TestDatabase, TestDatabaseOptions } from './types.ts';

/** SQLSTATE of a template that somebody dropped between our look and our clone. */
const GONE = '3D000';

/** Gives a database of one's own: a clone of the template, or an empty one. Parallel callers in any number of processes
 *  are safe. Its name says who made it, so that a later run can drop it if this process dies before `drop()`.
 *  Without `server`: TEST_DATABASE_URL, else a throwaway server that this process starts once.
 *  @throws {LocalPostgresError} LP_DATABASE_REFUSED, LP_TEMPLATE_FAILED */
export async function createTestDatabase(
  template?: DatabaseTemplate,
  options: TestDatabaseOptions = {},
): Promise<TestDatabase> {
  const server = options.server ?? (await defaultServer());
  const name = ownedName(CLONE_PREFIX);
  await refusable(server, async (sql) => {
    await sweepDatabasesOnce(sql, server);
    if (options.from === undefined) await clone(sql, server, template, name);
    // Its pages would all go through the log otherwise.
    else await sql`create database ${sql(name)} template ${sql(options.from)} strategy file_copy`;
  });
  let dropping: Promise<void> | undefined;
  const drop = (): Promise<void> => {
    dropping ??= withConnection(server, async (sql) => {
      await sql`drop database if exists ${sql(name)} with (force)`;
    });
    return dropping;
  };
  return { url: urlOfDatabase(server, name), name, drop, [Symbol.asyncDispose]: drop };
}

async function clone(sql: Sql, server: string, template: DatabaseTemplate | undefined, name: string): Promise<void> {
  const strategy = await fasterStrategy(sql);
  for (let tries = 1; ; tries += 1) {
    const from = template === undefined ? 'template0' : await ensureTemplate(sql, server, template);
    try {
      await sql`create database ${sql(name)} template ${sql(from)} strategy ${sql(strategy)}`;
      return;
    } catch (error) {
      if (codeOf(error) !== GONE || tries >= 3) throw error;
    }
  }
}

/** Measured: copying files wins without fsync, above all for parallel clones; with fsync it pays for two checkpoints. */
async function fasterStrategy(sql: Sql): Promise<string> {
  const rows = await sql<{ fsync: string }[]>`select current_setting('fsync') as fsync`;
  return rows[0]?.fsync === 'off' ? 'file_copy' : 'wal_log';
}

async function refusable(server: string, body: (sql: Sql) => Promise<void>): Promise<void> {
  try {
    await withConnection(server, body);
  } catch (error) {
    if (error instanceof LocalPostgresError) throw error;
    throw new LocalPostgresError('LP_DATABASE_REFUSED', {
      expected: `a test database to be created on ${new URL(server).host}`,
      got: `${codeOf(error) ?? 'error'}: ${messageOf(error)}`,
      fix: 'give a server that runs, and a role that may create databases (ALTER ROLE … CREATEDB)',
      cause: error,
    });
  }
}
