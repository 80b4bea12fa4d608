import { quoteIdentifier } from '../../objects/quote.ts';
import { constraintName } from '../known/constraint-name.ts';
import { type Name, plainName, quoted, show } from '../name.ts';
import type { ConstraintFacts } from '../read/action.ts';
import { type Hit, type RuleContext, rule } from '../rule.ts';
import { alone, plain, safeForm } from '../safe.ts';
import { type Adds, addColumnOnly, added, constraintsOf } from './added.ts';

const MANUAL = 'PostgreSQL manual, ALTER TABLE, notes on ADD table_constraint and VALIDATE CONSTRAINT';
const IN_TWO =
  'Add it NOT VALID: from then on it holds for what is written. VALIDATE it in the next migration, which stops nobody.';

export const constraintRules = [
  rule({
    code: 'LINT_FOREIGN_KEY_VALIDATES',
    hazards: [8, 10],
    title: 'A foreign key is validated while both tables are locked',
    why: 'It compares every row with its parent, and nobody can write to either table until it is through.',
    instead: IN_TWO,
    source: MANUAL,
    on: ['add-constraint', 'add-column'],
    find: (action, context) => added(action, 'foreign', context, true).map((key) => inTwo(action, key, context)),
    bad: [
      'ALTER TABLE app.orders ADD CONSTRAINT orders_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES app.orders (id) ON DELETE SET NULL',
      'ALTER TABLE app.orders ADD FOREIGN KEY (parent_id) REFERENCES app.orders (id)',
      'ALTER TABLE app.orders ADD COLUMN referrer_id bigint REFERENCES app.users (id) ON DELETE CASCADE',
    ],
    good: [
      'ALTER TABLE app.orders ADD CONSTRAINT k FOREIGN KEY (parent_id) REFERENCES app.orders (id) NOT VALID',
      'CREATE TABLE app.x (id bigint PRIMARY KEY, u bigint); ALTER TABLE app.x ADD CONSTRAINT k FOREIGN KEY (u) REFERENCES app.users (id)',
    ],
  }),
  rule({
    code: 'LINT_CHECK_VALIDATES',
    hazards: [11],
    title: 'A check is validated while the table is locked',
    why: 'It reads every row under an ACCESS EXCLUSIVE lock: nobody can read or write until it is through.',
    instead: IN_TWO,
    source: MANUAL,
    on: ['add-constraint', 'add-column'],
    find: (action, context) => added(action, 'check', context, true).map((check) => inTwo(action, check, context)),
    bad: [
      'ALTER TABLE app.orders ADD CONSTRAINT orders_total_cents_check CHECK (total_cents >= 0)',
      'ALTER TABLE app.orders ADD CHECK (total_cents IN (1, 2) OR note IS NULL)',
      "ALTER TABLE app.orders ADD COLUMN currency text CHECK (currency IN ('eur', 'usd'))",
    ],
    good: ['ALTER TABLE app.orders ADD CONSTRAINT c CHECK (total_cents >= 0) NOT VALID'],
  }),
  rule({
    code: 'LINT_CONSTRAINT_DROPPED',
    severity: 'warning',
    hazards: [19],
    title: 'A constraint goes and nothing takes its place',
    why: 'From then on wrong rows come in silently, and the constraint cannot be brought back before they are cleaned.',
    instead: 'Say why in an allow, or add the new one, NOT VALID, in the same migration.',
    source: 'PostgreSQL manual, "Constraints"',
    on: ['drop-constraint'],
    find: ({ table, constraint }, context) => {
      const known = context.catalog.constraint(table, constraint);
      if (!context.isOld(table) || context.file.contract) return;
      if (known?.notNullOf != null || (known !== undefined && isReplaced(table, known, context))) return;
      return { message: `${constraint} no longer holds in ${plainName(table)}` };
    },
    bad: ['ALTER TABLE app.orders DROP CONSTRAINT orders_user_id_fkey'],
    good: [
      'ALTER TABLE app.orders DROP CONSTRAINT orders_user_id_fkey, ADD CONSTRAINT orders_user_fkey FOREIGN KEY (user_id) REFERENCES app.users (id) ON DELETE CASCADE NOT VALID',
      {
        given: 'ALTER TABLE app.orders ADD CONSTRAINT n CHECK (note IS NOT NULL)',
        sql: 'ALTER TABLE app.orders DROP CONSTRAINT n',
      },
    ],
  }),
  rule({
    code: 'LINT_FOREIGN_KEY_NO_INDEX',
    severity: 'warning',
    hazards: [9],
    title: 'A foreign key without an index on its columns',
    why: 'Every delete of a parent row, and every change of its key, reads the whole child table under a lock.',
    instead: 'Index the columns, best before the key is there.',
    source: 'PostgreSQL manual, "Constraints", "Foreign Keys"',
    on: ['add-constraint', 'add-column', 'create-table'],
    find: (action, context) =>
      constraintsOf(action)
        .filter(({ kind, columns }) => kind === 'foreign' && !hasIndex(action.table, columns, context))
        .map(({ columns }) => {
          const name = quoteIdentifier(`idx_${action.table.name}_${columns.join('_')}`.slice(0, 63));
          const on = `${name} ON ${show(action.table)} (${quoted(columns)})`;
          const isOld = context.isOld(action.table);
          return {
            message: `no index of ${plainName(action.table)} begins with ${columns.join(', ')}`,
            safe: isOld
              ? safeForm(context, alone(`CREATE INDEX CONCURRENTLY ${on}`))
              : safeForm(context, plain(context.statement.text, `CREATE INDEX ${on}`)),
          };
        }),
    bad: [
      'ALTER TABLE app.orders ADD CONSTRAINT k FOREIGN KEY (parent_id) REFERENCES app.orders (id) NOT VALID',
      'CREATE TABLE app.lines (id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES app.orders (id))',
    ],
    good: [
      'CREATE TABLE app.lines (order_id bigint NOT NULL REFERENCES app.orders (id), line integer, PRIMARY KEY (order_id, line))',
      'CREATE TABLE app.lines (id bigint PRIMARY KEY, order_id bigint REFERENCES app.orders (id)); CREATE INDEX i ON app.lines (order_id)',
      'ALTER TABLE app.orders ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES app.users (id) NOT VALID',
    ],
  }),
  rule({
    code: 'LINT_VALIDATED_TOGETHER',
    hazards: [56],
    title: 'A constraint is added NOT VALID and validated in one transaction',
    why: 'The lock of adding it is held while every row is read: NOT VALID has won nothing.',
    instead: 'Validate it in the next migration.',
    source: MANUAL,
    on: ['validate'],
    find: ({ table, constraint }, context) => {
      const together = context.before.find(
        ({ action }) =>
          action.does === 'add-constraint' && constraintName(action.table, action.constraint) === constraint,
      );
      if (together === undefined || !context.inTransaction || !context.isOld(table)) return;
      return {
        message: `the lock on ${plainName(table)} from adding ${constraint} is held while its rows are read`,
        safe: safeForm(context, plain(together.statement.text), plain(context.statement.text)),
      };
    },
    bad: [
      'ALTER TABLE app.orders ADD CONSTRAINT c CHECK (total_cents > 0) NOT VALID; ALTER TABLE app.orders VALIDATE CONSTRAINT c',
    ],
    good: [
      {
        given: 'ALTER TABLE app.orders ADD CONSTRAINT c CHECK (total_cents > 0) NOT VALID',
        sql: 'ALTER TABLE app.orders VALIDATE CONSTRAINT c',
      },
      {
        sql: 'ALTER TABLE app.orders ADD CONSTRAINT c CHECK (total_cents > 0) NOT VALID; ALTER TABLE app.orders VALIDATE CONSTRAINT c',
        noTransaction: true,
      },
    ],
  }),
];

/** NOT VALID, and VALIDATE in the next migration. */
function inTwo(action: Adds, constraint: ConstraintFacts, context: RuleContext): Hit {
  const { table } = action;
  const name = quoteIdentifier(constraintName(table, constraint));
  const column = action.does === 'add-column' ? [addColumnOnly(action)] : [];
  const add = `ALTER TABLE ${show(table)} ADD CONSTRAINT ${name} ${constraint.text} NOT VALID`;
  const validate = `ALTER TABLE ${show(table)} VALIDATE CONSTRAINT ${name}`;
  const what = constraint.kind === 'check' ? 'read or write' : 'write to';
  return {
    message: `nobody can ${what} ${plainName(table)} while every row is tested against ${constraintName(table, constraint)}`,
    safe: safeForm(context, plain(...column, add), plain(validate)),
  };
}

/** True where the same transaction adds one of that kind over one of its columns. */
function isReplaced(table: Name, known: ConstraintFacts, { all }: RuleContext): boolean {
  return all.some(
    ({ action }) =>
      action.does === 'add-constraint' &&
      action.table.name === table.name &&
      action.constraint.kind === known.kind &&
      (known.kind === 'primary' ||
        action.constraint.usingIndex !== null ||
        action.constraint.columns.some((column) => known.columns.includes(column))),
  );
}

function hasIndex(table: Name, columns: readonly string[], { final }: RuleContext): boolean {
  const wanted = new Set(columns);
  return final
    .indexesOf(table)
    .some((index) => !index.partial && new Set(index.columns.slice(0, columns.length)).isSupersetOf(wanted));
}
