import { inTransaction } from '../piece.ts';
import type { AlterForm } from './form.ts';

/** Actions that write or read the whole table under a lock and have no other form. */
const BLOCKING: Readonly<Record<string, string>> = {
  AT_SetLogged: 'the table is written anew while reads and writes wait',
  AT_SetUnLogged: 'the table is written anew while reads and writes wait',
  AT_SetTableSpace: 'the table is copied while reads and writes wait',
  AT_SetAccessMethod: 'the table is written anew while reads and writes wait',
  AT_SetExpression: 'the column is computed for every row while reads and writes wait',
};

/** What has no online form goes into a file of its own, and is said. */
export const blockingForm: AlterForm = ({ table, head, body, subtype }, context, statement) => {
  const why = BLOCKING[subtype];
  if (why === undefined || !context.isLarge(table)) return null;
  context.warn(statement, why, 'run it when nobody is there, or copy into a new table');
  return [{ ...inTransaction(`${head} ${body}`), alone: true }];
};

/** VALIDATE CONSTRAINT reads every row: not in a transaction with a statement that locks. */
export const validateForm: AlterForm = ({ table, head, body, subtype }, context) =>
  subtype === 'AT_ValidateConstraint' && context.isLarge(table)
    ? [{ how: 'steps', statements: [`${head} ${body}`] }]
    : null;
