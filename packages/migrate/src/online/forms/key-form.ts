import { quoteIdentifier } from '../../objects/quote.ts';
import type { SqlNode } from '../../sql/parse.ts';
import type { Context } from '../context.ts';
import { chosenName } from '../object-name.ts';
import { inSteps, inTransaction, type Piece } from '../piece.ts';
import { quoted, type RelationName } from '../relation-name.ts';
import { constraintKey } from '../replaced.ts';
import type { AlterForm } from './form.ts';
import { notNullSteps } from './not-null.ts';

/** ADD UNIQUE and ADD PRIMARY KEY → a unique index, built concurrently, that the constraint then takes over. One that stands for a
 *  dropped one takes its place in one transaction, so that the rows are never without it. */
export const keyForm: AlterForm = (action, context, statement) => {
  const { table, subtype, node } = action;
  const constraint = (node['def'] as { readonly Constraint?: SqlNode } | undefined)?.Constraint;
  if (subtype !== 'AT_AddConstraint' || constraint === undefined || !context.isLarge(table)) return null;
  if (constraint['contype'] === 'CONSTR_EXCLUSION') {
    context.warn(
      statement,
      'an exclusion constraint is built while writes wait',
      'run it when few write, or on a table that is small',
    );
    return null;
  }
  const isPrimary = constraint['contype'] === 'CONSTR_PRIMARY';
  if (!isPrimary && constraint['contype'] !== 'CONSTR_UNIQUE') return null;
  if (constraint['indexname'] !== undefined) return null;
  if (!canBeBuilt(constraint) || context.relation(table)?.kind === 'partitioned table') {
    context.warn(
      statement,
      'this key has no form that is built beside writes: they wait while its index is built',
      'on a partitioned table, build the index on each partition first, by CREATE UNIQUE INDEX CONCURRENTLY, and attach it',
    );
    return null;
  }
  return keyPieces(table, readKey(table, constraint, context), context);
};

function canBeBuilt(constraint: SqlNode): boolean {
  return ['options', 'indexspace', 'without_overlaps', 'exclusions'].every((key) => constraint[key] === undefined);
}

export interface Key {
  readonly name: string;
  readonly isPrimary: boolean;
  readonly columns: readonly string[];
  readonly including: readonly string[];
  readonly nullsNotDistinct: boolean;
  /** ` DEFERRABLE …`, or ''. */
  readonly deferral: string;
}

function readKey(table: RelationName, constraint: SqlNode, context: Context): Key {
  const isPrimary = constraint['contype'] === 'CONSTR_PRIMARY';
  const columns = wordsOf(constraint['keys']);
  const taken = new Set(context.relation(table)?.indexes.map(({ name }) => name));
  const unsaid = () =>
    isPrimary ? chosenName(table.name, [], 'pkey', taken) : chosenName(table.name, columns, 'key', taken);
  const initially = constraint['initdeferred'] === true ? ' INITIALLY DEFERRED' : '';
  return {
    name: String(constraint['conname'] ?? unsaid()),
    isPrimary,
    columns,
    including: wordsOf(constraint['including']),
    nullsNotDistinct: constraint['nulls_not_distinct'] === true,
    deferral: constraint['deferrable'] === true ? ` DEFERRABLE${initially}` : '',
  };
}

function keyPieces(table: RelationName, key: Key, context: Context): readonly Piece[] {
  const drop = dropOfFormer(table, key, context);
  const index = drop === null ? key.name : chosenName(key.name, [], 'new', new Set());
  const nullable = key.isPrimary
    ? key.columns.filter(
        (column) => context.relation(table)?.columns.some(({ name, notNull }) => name === column && notNull) !== true,
      )
    : [];
  const built = [...nullable.flatMap((column) => notNullSteps(table, column, context)), uniqueIndex(table, index, key)];
  const add = `ALTER TABLE ${quoted(table)} ADD CONSTRAINT ${quoteIdentifier(key.name)} ${key.isPrimary ? 'PRIMARY KEY' : 'UNIQUE'} USING INDEX ${quoteIdentifier(index)}${key.deferral}`;
  return drop === null
    ? [inSteps(...built, add)]
    : [inSteps(...built), { ...inTransaction(drop, add), allow: REPLACED }];
}

export const REPLACED = {
  LINT_CONSTRAINT_DROPPED: 'what takes its place is built already',
  LINT_INDEX_DROP_BLOCKS: 'the key that takes its place holds the lock anyway, for an instant',
};

/** What takes away the constraint or index whose place a key takes. NULL: there is none. */
function dropOfFormer(table: RelationName, { name }: Key, { replacements }: Context): string | null {
  const key = constraintKey(table, name);
  const replaced = replacements.constraints.get(key);
  if (replaced !== undefined) return `ALTER TABLE ${quoted(table)} DROP CONSTRAINT ${quoteIdentifier(replaced)}`;
  return replacements.formerIndexes.has(key) ? `DROP INDEX ${quoted({ ...table, name })}` : null;
}

export function uniqueIndex(table: RelationName, name: string, key: Omit<Key, 'name'>): string {
  const list = (columns: readonly string[]) => columns.map(quoteIdentifier).join(', ');
  const include = key.including.length === 0 ? '' : ` INCLUDE (${list(key.including)})`;
  const nulls = key.nullsNotDistinct ? ' NULLS NOT DISTINCT' : '';
  return `CREATE UNIQUE INDEX CONCURRENTLY ${quoteIdentifier(name)} ON ${quoted(table)} (${list(key.columns)})${include}${nulls}`;
}

/** The names in a list of the grammar's. */
export function wordsOf(list: unknown): readonly string[] {
  const items = (list ?? []) as readonly { readonly String: { readonly sval: string } }[];
  return items.map((item) => item.String.sval);
}
