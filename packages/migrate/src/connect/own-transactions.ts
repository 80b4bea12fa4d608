import type { Sql, TransactionSql } from 'postgres';
import { DbError } from '../errors/db-error.ts';

/** Gives a connection pool of one the `begin` of a session that may die: the driver's own writes its ROLLBACK to a connection that
 *  is gone and waits for an answer for ever, or brings the process down. Semantics are otherwise those of the driver's, but for
 *  savepoints, which are not offered. */
export function withOwnTransactions(sql: Sql): Sql {
  const begin = async (...args: [string, Body] | [Body]): Promise<unknown> => {
    const [options, body] = args.length === 1 ? ['', args[0]] : args;
    await sql.unsafe(`BEGIN ${options}`);
    let value: unknown;
    try {
      value = await body(sql as unknown as TransactionSql);
    } catch (error) {
      // On a dead session this fails too, and the server has rolled back already.
      await sql.unsafe('ROLLBACK').catch(() => {});
      throw error;
    }
    const { command } = await sql.unsafe('COMMIT');
    // The server answers so where a statement failed and the body went on.
    if (command === 'ROLLBACK') throw new DbError('DB_BUG', { why: 'a failed transaction was to be committed' });
    return value;
  };
  return Object.assign(sql, { begin });
}

type Body = (tx: TransactionSql) => unknown;
