import type { TransactionSql } from 'postgres';
import { toDbError } from '../errors/index.ts';
import type { TransactionScope } from './scope.ts';

/** Runs `body` between SAVEPOINT and its end. Hooks that a rolled-back savepoint registered are forgotten with it.
 *  @throws {TransactionOver} */
export function savepoint<T>(
  connection: TransactionSql,
  scope: TransactionScope,
  body: (connection: TransactionSql) => Promise<T>,
): Promise<T> {
  scope.requireOpen();
  const hooks = scope.hookCount;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      scope.dropHooksFrom(hooks);
      reject(toDbError(error));
    };
    const fencedBody = (inner: TransactionSql) =>
      new Promise<T>((settle, undo) => {
        // once the connection is lost the driver must not send ROLLBACK TO, so its promise stays open
        body(inner).then(
          (value) => (scope.isOver ? resolve(value) : settle(value)),
          (error) => (scope.isOver ? fail(error) : undo(error)),
        );
      });
    connection.savepoint(fencedBody).then((value) => resolve(value as T), fail);
  });
}
