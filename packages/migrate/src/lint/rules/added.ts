import { quoteIdentifier } from '../../objects/quote.ts';
import { type Name, show } from '../name.ts';
import type { ActionOf, ConstraintFacts } from '../read/action.ts';
import { showType } from '../read/sql-type.ts';
import type { RuleContext } from '../rule.ts';
import { plain, type SafeFile } from '../safe.ts';

/** What adds constraints to a table that is there. */
export type Adds = ActionOf<'add-constraint'> | ActionOf<'add-column'>;

/** Every constraint that an action brings, at a column or apart. */
export function constraintsOf(action: Adds | ActionOf<'create-table'>): readonly ConstraintFacts[] {
  return action.does === 'add-constraint' ? [action.constraint] : action.constraints;
}

/** The constraints of a kind that an action adds to a table with rows; those that build nothing are left out. */
export function added(
  action: Adds,
  kind: ConstraintFacts['kind'],
  { isOld }: RuleContext,
  ifValidated = false,
): readonly ConstraintFacts[] {
  if (!isOld(action.table)) return [];
  return constraintsOf(action).filter(
    (constraint) =>
      constraint.kind === kind && constraint.usingIndex === null && !(ifValidated && !constraint.validated),
  );
}

/** ADD COLUMN without the constraints of the column. */
export function addColumnOnly({ table, column }: ActionOf<'add-column'>): string {
  const given = column.default === null ? '' : ` DEFAULT ${column.default}`;
  return `ALTER TABLE ${show(table)} ADD COLUMN ${quoteIdentifier(column.name)} ${showType(column.type)}${given}`;
}

/** Migrations that make columns NOT NULL without stopping anybody: a check that is validated, which SET NOT NULL then trusts. */
export function notNullInSteps(table: Name, columns: readonly string[]): readonly SafeFile[] {
  const on = `ALTER TABLE ${show(table)}`;
  const last = columns.flatMap((column) => [
    `${on} ALTER COLUMN ${quoteIdentifier(column)} SET NOT NULL`,
    `${on} DROP CONSTRAINT ${proofName(table, column)}`,
  ]);
  return [...proofs(table, columns), plain(...last)];
}

function proofName(table: Name, column: string): string {
  return quoteIdentifier(`${table.name}_${column}_not_null`.slice(0, 63));
}

/** Migrations that prove columns to be not null without stopping anybody. */
export function proofs(table: Name, columns: readonly string[]): readonly SafeFile[] {
  if (columns.length === 0) return [];
  const on = `ALTER TABLE ${show(table)}`;
  const adds = columns.map(
    (column) =>
      `${on} ADD CONSTRAINT ${proofName(table, column)} CHECK (${quoteIdentifier(column)} IS NOT NULL) NOT VALID`,
  );
  return [plain(...adds), plain(...columns.map((column) => `${on} VALIDATE CONSTRAINT ${proofName(table, column)}`))];
}
