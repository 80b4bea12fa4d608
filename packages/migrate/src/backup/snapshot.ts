import type { Sql } from 'postgres';
import type { Session } from '../connect/session.ts';
import { DbError } from '../errors/db-error.ts';
import { sqlStateOf } from '../errors/from-driver.ts';
import { qualified, relationsOf } from './contents.ts';

/** How long a table that somebody holds in ACCESS EXCLUSIVE is waited for, in milliseconds. */
export const LOCK_TIMEOUT_MS = 10_000;
const LOCK_NOT_AVAILABLE = '55P03';

/** Values and names are printed so that every server reads them back as they were, and rows that a policy hides are an error. */
export const EXACT_VALUES = [
  'SET LOCAL search_path = pg_catalog',
  "SET LOCAL timezone = 'UTC'",
  "SET LOCAL datestyle = 'ISO, YMD'",
  "SET LOCAL intervalstyle = 'postgres'",
  "SET LOCAL lc_monetary = 'C'",
  'SET LOCAL extra_float_digits = 3',
  "SET LOCAL bytea_output = 'hex'",
  'SET LOCAL row_security = off',
].join(';\n');

/** Runs `body` in a read-only transaction whose statements all see one moment, with the domain's tables held against DDL.
 *  @throws {DbError} DB_LOCK_TIMEOUT */
export async function inSnapshot<T>(session: Session, schema: string, body: (sql: Sql) => Promise<T>): Promise<T> {
  const { sql } = session;
  const names = await sql.unsafe<{ name: string }[]>(
    `SELECT c.relname AS name FROM ${relationsOf(schema, ['r', 'p'])} ORDER BY c.relname`,
  );
  return (await sql.begin('ISOLATION LEVEL REPEATABLE READ, READ ONLY', async () => {
    await sql.unsafe(`${EXACT_VALUES};\nSET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
    // Before the first query, which takes the snapshot: what it sees cannot be altered any more.
    if (names.length > 0) {
      const tables = names.map(({ name }) => qualified(schema, name)).join(', ');
      await sql.unsafe(`LOCK TABLE ${tables} IN ACCESS SHARE MODE`).catch(stillLocked);
    }
    return await body(sql);
  })) as T;
}

function stillLocked(cause: unknown): never {
  if (sqlStateOf(cause) !== LOCK_NOT_AVAILABLE) throw cause;
  throw new DbError(
    'DB_LOCK_TIMEOUT',
    {
      why: `a table was locked in ACCESS EXCLUSIVE for ${LOCK_TIMEOUT_MS} ms`,
      fix: '`pnpm db locks` shows who holds it; run again when it is free',
      changed: 'nothing was written',
    },
    { cause },
  );
}
