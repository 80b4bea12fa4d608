import { quoteIdentifier } from '../../objects/quote.ts';
import type { Context } from '../context.ts';
import { chosenName } from '../object-name.ts';
import { inSteps, inTransaction } from '../piece.ts';
import { quoted, type RelationName } from '../relation-name.ts';
import type { AlterForm } from './form.ts';

/** SET NOT NULL → the rows are checked by VALIDATE, beside reads and writes; PostgreSQL then believes the check and does not look. */
export const notNullForm: AlterForm = ({ table, subtype, node }, context) => {
  if (subtype !== 'AT_SetNotNull' || !context.isLarge(table)) return null;
  const column = String(node['name']);
  const facts = context.relation(table);
  const set = `ALTER TABLE ${quoted(table)} ALTER COLUMN ${quoteIdentifier(column)} SET NOT NULL`;
  const proven = facts?.constraints.some(
    ({ kind, validated, definition }) => kind === 'check' && validated && isNotNullCheck(definition, column),
  );
  if (proven === true || facts?.columns.some(({ name, notNull }) => name === column && notNull) === true) {
    return [inTransaction(set)];
  }
  return [inSteps(...notNullSteps(table, column, context))];
};

/** The steps, each brief or light; every row has the value, or the VALIDATE fails. */
export function notNullSteps(
  table: RelationName,
  column: string,
  context: Pick<Context, 'relation'>,
): readonly string[] {
  const taken = new Set(context.relation(table)?.constraints.map(({ name }) => name));
  const check = quoteIdentifier(chosenName(table.name, [column], 'is_set', taken));
  const alter = `ALTER TABLE ${quoted(table)}`;
  return [
    `${alter} ADD CONSTRAINT ${check} CHECK (${quoteIdentifier(column)} IS NOT NULL) NOT VALID`,
    `${alter} VALIDATE CONSTRAINT ${check}`,
    `${alter} ALTER COLUMN ${quoteIdentifier(column)} SET NOT NULL`,
    `${alter} DROP CONSTRAINT ${check}`,
  ];
}

function isNotNullCheck(definition: string, column: string): boolean {
  return [column, quoteIdentifier(column)].some((name) => definition === `CHECK ((${name} IS NOT NULL))`);
}
