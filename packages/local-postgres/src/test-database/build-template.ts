import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from 'postgres';
import { urlOfDatabase } from '../connection.ts';
import { messageOf } from '../error-text.ts';
import { LocalPostgresError } from '../errors.ts';
import { ownedName } from '../owner/owned-name.ts';
import { BUILDING_PREFIX, templateComment, templateDatabase, templateLock } from './names.ts';
import type { DatabaseTemplate } from './types.ts';

/** Pause between two tries for the lock, milliseconds. */
const POLL_MS = 20;

/** Makes sure that the template's database exists, complete, and returns its name. Of many callers, in many processes,
 *  one builds and the others wait: a database that bears the final name is complete, because it gets it last.
 *  @throws {LocalPostgresError} LP_TEMPLATE_FAILED; the next caller tries again */
export async function ensureTemplate(sql: Sql, server: string, template: DatabaseTemplate): Promise<string> {
  const name = templateDatabase(template);
  if (await exists(sql, name)) return name;
  const lock = templateLock(name);
  // polled: a session blocked in pg_advisory_lock holds a snapshot, and CREATE INDEX CONCURRENTLY would wait for it
  while (!(await tryLock(sql, lock))) await sleep(POLL_MS);
  try {
    if (!(await exists(sql, name))) await build(sql, server, template, name);
  } finally {
    await sql`select pg_advisory_unlock(${lock}::bigint)`;
  }
  return name;
}

async function exists(sql: Sql, name: string): Promise<boolean> {
  const rows = await sql`select from pg_database where datname = ${name}`;
  return rows.length > 0;
}

async function tryLock(sql: Sql, lock: string): Promise<boolean> {
  const rows = await sql<{ taken: boolean }[]>`select pg_try_advisory_lock(${lock}::bigint) as taken`;
  return rows[0]?.taken === true;
}

async function build(sql: Sql, server: string, template: DatabaseTemplate, name: string): Promise<void> {
  const unfinished = ownedName(BUILDING_PREFIX);
  await sql`create database ${sql(unfinished)} template template0`;
  try {
    await template.build(urlOfDatabase(server, unfinished)).catch((error: unknown) => {
      throw new LocalPostgresError('LP_TEMPLATE_FAILED', {
        expected: `the template ${template.name} to be built`,
        got: messageOf(error),
        fix: 'see to the cause; nothing of the template is kept, the next call builds it again',
        cause: error,
      });
    });
    // nobody may connect any more: a session in a template makes every clone of it fail
    await sql`alter database ${sql(unfinished)} with allow_connections false is_template true`;
    await sql`select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = ${unfinished}`;
    await sql.unsafe(`comment on database ${unfinished} is '${templateComment()}'`);
    await sql`alter database ${sql(unfinished)} rename to ${sql(name)}`;
  } catch (error) {
    await sql`alter database ${sql(unfinished)} with is_template false`;
    await sql`drop database ${sql(unfinished)} with (force)`;
    throw error;
  }
}
