import { quoteIdentifier } from '../../objects/quote.ts';
import type { SqlNode } from '../../sql/parse.ts';
import { cut, tokensOf } from '../../sql/tokens.ts';
import type { Context } from '../context.ts';
import { chosenName } from '../object-name.ts';
import { inSteps, inTransaction } from '../piece.ts';
import type { RelationName } from '../relation-name.ts';
import { constraintKey } from '../replaced.ts';
import type { AlterForm } from './form.ts';

/** ADD FOREIGN KEY and ADD CHECK → NOT VALID, which is brief, and VALIDATE, which lets reads and writes go on. */
export const validatedLaterForm: AlterForm = ({ table, head, body, subtype, node }, context, statement) => {
  const constraint = (node['def'] as { readonly Constraint?: SqlNode } | undefined)?.Constraint;
  if (subtype !== 'AT_AddConstraint' || constraint === undefined) return null;
  const isKey = constraint['contype'] === 'CONSTR_FOREIGN';
  if (!isKey && constraint['contype'] !== 'CONSTR_CHECK') return null;
  if (constraint['skip_validation'] === true || constraint['is_enforced'] !== true) return null;
  if (!context.isLarge(table)) return null;
  if (isKey && context.relation(table)?.kind === 'partitioned table') {
    context.warn(
      statement,
      'PostgreSQL before 18 cannot add a foreign key NOT VALID to a partitioned table: all rows are checked while writes wait',
      'add it to each partition first, NOT VALID and validated; the parent then takes these over',
    );
    return null;
  }
  const name = String(constraint['conname'] ?? unsaidName(table, constraint, context));
  const named =
    constraint['conname'] === undefined ? body.replace(/^ADD/i, `ADD CONSTRAINT ${quoteIdentifier(name)}`) : body;
  const replaced = context.replacements.constraints.get(constraintKey(table, name));
  if (replaced === undefined) return [inSteps(...validated(head, named, name))];
  // Both are there until the new one holds.
  const kept = chosenName(name, [], 'new', new Set());
  const at = tokensOf(body).find(({ text }) => text === (isKey ? 'FOREIGN' : 'CHECK'))?.start;
  const rule = cut(body, at ?? 0);
  return [
    inSteps(...validated(head, `ADD CONSTRAINT ${quoteIdentifier(kept)} ${rule}`, kept)),
    {
      ...inTransaction(
        `${head} DROP CONSTRAINT ${quoteIdentifier(replaced)}`,
        `${head} RENAME CONSTRAINT ${quoteIdentifier(kept)} TO ${quoteIdentifier(name)}`,
      ),
      allow: { LINT_CONSTRAINT_DROPPED: 'the one that takes its place holds already' },
    },
  ];
};

function validated(head: string, add: string, name: string): readonly string[] {
  return [`${head} ${add} NOT VALID`, `${head} VALIDATE CONSTRAINT ${quoteIdentifier(name)}`];
}

function unsaidName(table: RelationName, constraint: SqlNode, context: Context): string {
  const taken = new Set(context.relation(table)?.constraints.map(({ name }) => name));
  if (constraint['contype'] === 'CONSTR_FOREIGN') {
    const columns = (constraint['fk_attrs'] as readonly { readonly String: { readonly sval: string } }[]) ?? [];
    return chosenName(
      table.name,
      columns.map((item) => item.String.sval),
      'fkey',
      taken,
    );
  }
  const columns = new Set(columnsIn(constraint['raw_expr']));
  return chosenName(table.name, columns.size === 1 ? [...columns] : [], 'check', taken);
}

/** The columns that an expression names. */
export function columnsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(columnsIn);
  if (typeof value !== 'object' || value === null) return [];
  const fields = (value as { readonly ColumnRef?: { readonly fields?: readonly unknown[] } }).ColumnRef?.fields;
  if (fields === undefined) return Object.values(value).flatMap(columnsIn);
  const last = fields.at(-1) as { readonly String?: { readonly sval: string } } | undefined;
  return last?.String === undefined ? [] : [last.String.sval];
}
