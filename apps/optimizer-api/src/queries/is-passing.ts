import { ConnectionLost, DatabaseError } from '@repo/db';

/** Whether the database did nothing and may do it in a moment. Everything here runs in transactions, and one whose connection broke was
 *  not done. */
export function isPassing(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && (error.retryable || error instanceof ConnectionLost);
}
