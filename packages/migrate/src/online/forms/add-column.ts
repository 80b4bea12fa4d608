import { quoteIdentifier, quoteLiteral } from '../../objects/quote.ts';
import type { SqlNode } from '../../sql/parse.ts';
import { type ColumnDefinition, columnDefinition } from '../column-definition.ts';
import type { Context } from '../context.ts';
import { isVolatile } from '../functions.ts';
import { chosenName } from '../object-name.ts';
import { inSteps, inTransaction, type Piece } from '../piece.ts';
import { keyOf, quoted, type RelationName } from '../relation-name.ts';
import { splitAlter } from '../split-alter.ts';
import { NO_KEY } from '../twin/renames-of.ts';
import type { AlterForm } from './form.ts';
import { wordsOf } from './key-form.ts';
import { notNullSteps } from './not-null.ts';

const SERIALS: Readonly<Record<string, string>> = {
  serial: 'integer',
  serial4: 'integer',
  bigserial: 'bigint',
  serial8: 'bigint',
  smallserial: 'smallint',
  serial2: 'smallint',
};

/** ADD COLUMN whose value must be written row by row → nullable, with its default for new rows; filled in batches; NOT NULL. A constant
 *  default is brief as it is. Constraints of the column are planned for themselves. */
export const addColumnForm: AlterForm = (action, context, statement) => {
  const { table, head, body, subtype } = action;
  if (subtype !== 'AT_AddColumn') return null;
  if (context.rows(table) === 0) return null;
  const column = columnDefinition(table, body);
  const isGiven =
    column.default !== null || column.identity !== null || column.generated !== null || column.typeName in SERIALS;
  if ((column.notNull || becomesKey(table, column, context)) && !isGiven) {
    context.refuse(
      statement,
      `${quoted(table)} may have rows, and none of them has a value for ${quoteIdentifier(column.name)}`,
      'give it a default; or add it without NOT NULL, fill it by a backfill, and let the NOT NULL follow in a migration of its own',
    );
    return [];
  }
  if (!context.isLarge(table)) return null;
  if (column.generated === 'stored') {
    context.warn(
      statement,
      'a stored generated column is computed for every row while reads and writes wait; PostgreSQL has no other way to add one',
      'take VIRTUAL (PostgreSQL 18), or a plain column that a trigger fills; or run it when nobody is there',
    );
    return [{ ...inTransaction(`${head} ${body}`), alone: true }];
  }
  const filled = filling(table, column, context);
  if (filled !== null && context.facts.relations.get(keyOf(table))?.isWalkable === false) {
    context.warn(
      statement,
      `every row gets a value while reads and writes wait: ${NO_KEY}`,
      'give it a primary key first; or run it when nobody is there',
    );
    return [{ ...inTransaction(`${head} ${body}`), alone: true }];
  }
  if (filled === null && column.constraints.length === 0) return null;
  const pieces = filled ?? [
    inTransaction(`${head} ${column.bare}${defaultOf(column)}${column.notNull ? ' NOT NULL' : ''}`),
  ];
  return [...pieces, ...column.constraints.flatMap((constraint) => context.plan(`${head} ${constraint}`))];
};

/** Whether the draft makes it part of a primary key, and gives it no values before. */
function becomesKey(table: RelationName, { name }: ColumnDefinition, { draft }: Context): boolean {
  if (draft.some(({ kind }) => kind === 'UpdateStmt')) return false;
  const actions = draft.filter(({ kind }) => kind === 'AlterTableStmt').flatMap(splitAlter);
  return actions.some((action) => {
    const { Constraint: added } = (action.node['def'] ?? {}) as { readonly Constraint?: SqlNode };
    const isPrimary = action.subtype === 'AT_AddConstraint' && added?.['contype'] === 'CONSTR_PRIMARY';
    return isPrimary && keyOf(action.table) === keyOf(table) && wordsOf(added['keys']).includes(name);
  });
}

const defaultOf = ({ default: given }: ColumnDefinition) => (given === null ? '' : ` DEFAULT ${given.text}`);

/** NULL: no row has to be written. */
function filling(table: RelationName, column: ColumnDefinition, context: Context): readonly Piece[] | null {
  const alter = `ALTER TABLE ${quoted(table)}`;
  const name = quoteIdentifier(column.name);
  const fill = (value: string): Piece => ({
    ...inSteps(
      `UPDATE ${quoted(table)} SET ${name} = ${value} WHERE ${name} IS NULL`,
      ...notNullWhere(table, column, context),
    ),
    inBatches: true,
  });
  const serial = SERIALS[column.typeName];
  if (serial !== undefined || column.identity !== null) {
    const own = { schema: table.schema, name: chosenName(table.name, [column.name], 'seq', new Set()) };
    return serial === undefined
      ? identity({ table, column, own, alter, fill })
      : serialPieces({ table, column, own, alter, fill }, serial);
  }
  if (column.default === null || !isVolatile(column.default.node, context.facts.stableFunctions)) return null;
  const value = column.default.text;
  return [inTransaction(`${alter} ${column.bare}`, `${alter} ALTER COLUMN ${name} SET DEFAULT ${value}`), fill(value)];
}

function notNullWhere(table: RelationName, { name, notNull, identity, typeName }: ColumnDefinition, context: Context) {
  return notNull || identity !== null || typeName in SERIALS ? notNullSteps(table, name, context) : [];
}

interface Numbered {
  readonly table: RelationName;
  readonly column: ColumnDefinition;
  /** The sequence that PostgreSQL would make. */
  readonly own: RelationName;
  readonly alter: string;
  readonly fill: (value: string) => Piece;
}

function serialPieces({ column, own, table, alter, fill }: Numbered, type: string): readonly Piece[] {
  const name = quoteIdentifier(column.name);
  const next = `nextval(${quoteLiteral(quoted(own))}::regclass)`;
  return [
    inTransaction(
      `CREATE SEQUENCE ${quoted(own)} AS ${type}`,
      `${alter} ADD COLUMN ${name} ${type}`,
      `ALTER SEQUENCE ${quoted(own)} OWNED BY ${quoted(table)}.${name}`,
      `${alter} ALTER COLUMN ${name} SET DEFAULT ${next}`,
    ),
    fill(next),
  ];
}

const SEQUENCE_NAME = /SEQUENCE\s+NAME\s+(?:"(?:[^"]|"")*"|[^\s".]+)(?:\.(?:"(?:[^"]|"")*"|[^\s".]+))?/i;

/** Rows that come meanwhile are numbered by a sequence of ours; the column's own goes on where that has come to. */
function identity({ column, own, table, alter, fill }: Numbered): readonly Piece[] {
  const name = quoteIdentifier(column.name);
  const ours = { ...own, name: chosenName(table.name, [column.name], 'fill', new Set()) };
  const next = `nextval(${quoteLiteral(quoted(ours))}::regclass)`;
  const options = /\(.*\)\s*$/s.exec(column.identity ?? '')?.[0] ?? '';
  const sequenceOptions = options.replace(/^\(|\)\s*$/g, '').replace(SEQUENCE_NAME, '');
  return [
    inTransaction(
      `CREATE SEQUENCE ${quoted(ours)} ${sequenceOptions}`.trim(),
      `${alter} ${column.bare}`,
      `${alter} ALTER COLUMN ${name} SET DEFAULT ${next}`,
    ),
    fill(next),
    {
      ...inTransaction(
        `${alter} ALTER COLUMN ${name} DROP DEFAULT`,
        `${alter} ALTER COLUMN ${name} ADD ${column.identity}`,
        `SELECT setval(pg_get_serial_sequence(${quoteLiteral(quoted(table))}, ${quoteLiteral(column.name)}), ${next}, false)`,
        `DROP SEQUENCE ${quoted(ours)}`,
      ),
      allow: {
        LINT_DEFAULT_DROPPED: 'the identity takes its place',
        LINT_SEQUENCE_LOST: "it numbered the rows that were there; the column's own goes on from it",
      },
    },
  ];
}
