import { keyOf, plainName, show } from '../name.ts';
import { type Placed, rule } from '../rule.ts';
import { plain, safeForm } from '../safe.ts';
import { locksOf } from './locks-of.ts';
import { worksLong } from './works-long.ts';

export const rowRules = [
  rule({
    code: 'LINT_ROWS_AT_ONCE',
    hazards: [67],
    title: 'UPDATE or DELETE of a whole table',
    why: 'One transaction locks every row that it changes, writes them all to the WAL at once, doubles the table and lets standbys fall behind.',
    instead: 'A backfill: batches by key, each a transaction of its own, with a cursor that survives.',
    source: 'PostgreSQL manual, "Routine Vacuuming"; docs/guide/add-a-migration.md, a data step',
    on: ['change-rows'],
    find: (action, context) => {
      if (
        action.how === 'insert' ||
        context.file.inBatches ||
        action.boundBy.length > 0 ||
        action.isBatch ||
        !context.isOld(action.table)
      )
        return;
      return {
        message: `nothing bounds how many rows of ${plainName(action.table)} this changes`,
        safe:
          context.file.runner === 'engine'
            ? `-- declare it as a backfill of the domain, then\n-- db: after-backfill <name>`
            : undefined,
      };
    },
    bad: ["UPDATE app.orders SET note = '' WHERE note IS NULL", 'DELETE FROM app.orders WHERE placed_at < now()'],
    good: [
      "UPDATE app.orders SET note = '' WHERE id = 7",
      "DELETE FROM app.tags WHERE name IN ('a', 'b')",
      "INSERT INTO app.tags (name) VALUES ('a')",
      "UPDATE app.orders SET note = '' WHERE id BETWEEN 1 AND 5000 AND note IS NULL",
      "UPDATE app.orders SET note = '' WHERE id >= 1 AND id < 5000",
      'DELETE FROM app.orders WHERE id IN (SELECT id FROM app.orders WHERE note IS NULL LIMIT 500)',
      { sql: "UPDATE app.orders SET note = '' WHERE note IS NULL", noTransaction: true, inBatches: true },
    ],
  }),
  rule({
    code: 'LINT_ROWS_WITH_DDL',
    hazards: [59],
    title: 'Rows are changed in the transaction that changes the table',
    why: 'The strong lock of ALTER TABLE is held while the rows are changed: nobody reads or writes until all are through.',
    instead: 'Three steps: the column, a backfill, the constraint.',
    source: 'PostgreSQL manual, "Explicit Locking"',
    on: ['change-rows'],
    find: (action, context) => {
      if (!context.inTransaction || !worksLong(action, context)) return;
      const changed = context.before.some(({ statement }) =>
        locksOf(statement).some(
          ({ of, mode, schema, name }) =>
            of === 'relation' && mode !== 'SHARE UPDATE EXCLUSIVE' && keyOf({ schema, name }) === keyOf(action.table),
        ),
      );
      return changed ? { message: `${plainName(action.table)} stays locked while its rows are changed` } : undefined;
    },
    bad: ['ALTER TABLE app.orders ADD COLUMN channel text; UPDATE app.orders SET channel = note'],
    good: [
      "CREATE TABLE app.x (id bigint PRIMARY KEY, a text); UPDATE app.x SET a = ''",
      {
        sql: 'ALTER TABLE app.orders ADD COLUMN channel text; UPDATE app.orders SET channel = note',
        noTransaction: true,
      },
    ],
  }),
  rule({
    code: 'LINT_ASSIGNED_TWICE',
    hazards: [33],
    title: 'An UPDATE sets a column twice',
    why: 'PostgreSQL refuses it when it runs; one of the two was meant for another column.',
    instead: 'Set each column once.',
    source: 'PostgreSQL manual, UPDATE',
    on: ['change-rows'],
    find: ({ assigned, table }) => {
      const twice = assigned.filter((column, at) => column !== '' && assigned.indexOf(column) !== at);
      return twice.map((column) => ({ message: `${column} of ${plainName(table)} is set more than once` }));
    },
    bad: ["UPDATE app.orders SET note = 'a', note = 'b' WHERE id = 1"],
    good: ["UPDATE app.orders SET note = 'a', placed_at = now() WHERE id = 1"],
  }),
  rule({
    code: 'LINT_OPAQUE_BLOCK',
    severity: 'warning',
    hazards: [60],
    title: 'A DO block',
    why: 'What it does is decided when it runs: neither this page nor the lock plan can see into it, and it hides which databases differ.',
    instead: 'Write the statements themselves; allow it where that cannot be, with what it does as the reason.',
    source: 'PostgreSQL manual, DO',
    on: ['do'],
    find: () => ({ message: 'nothing can be said of what this does before it runs' }),
    bad: ["DO $$ BEGIN EXECUTE 'DROP TABLE app.tags'; END $$"],
    good: ['CREATE TABLE app.x (id bigint PRIMARY KEY)'],
  }),
  rule({
    code: 'LINT_ENUM_VALUE_AT_ONCE',
    hazards: [64],
    title: 'An enum value is used in the transaction that adds it',
    why: 'PostgreSQL refuses it ("unsafe use of new value"): the migration fails when it runs.',
    instead: 'Add the value in one migration and use it in the next.',
    source: 'PostgreSQL manual, ALTER TYPE, notes',
    on: ['add-value'],
    find: ({ type, value }, context) => {
      const at = context.all.findIndex(({ statement }) => statement === context.statement);
      const isNew = context.catalog.enums.get(keyOf(type))?.file === context.file.path;
      if (!context.inTransaction || isNew) return;
      const literal = `'${value.replaceAll("'", "''")}'`;
      const user = untilCommit(context.all.slice(at + 1)).find(
        ({ statement, action }) =>
          action.does !== 'add-value' && !isText(action.does) && statement.text.includes(literal),
      );
      if (user === undefined) return;
      return {
        message: `${literal} of ${plainName(type)} is used before it is committed, in line ${user.statement.line}`,
        safe: safeForm(context, plain(`ALTER TYPE ${show(type)} ADD VALUE ${literal}`), plain(user.statement.text)),
      };
    },
    bad: [
      "ALTER TYPE app.order_status ADD VALUE 'lost'; ALTER TABLE app.orders ALTER COLUMN status SET DEFAULT 'lost'",
    ],
    good: [
      "ALTER TYPE app.order_status ADD VALUE 'lost'",
      "CREATE TYPE app.mood AS ENUM ('ok'); ALTER TYPE app.mood ADD VALUE 'sad'; CREATE TABLE app.x (m app.mood DEFAULT 'sad')",
    ],
  }),
];

/** A body or comment that only speaks of it. */
const isText = (does: string) => does === 'create-function' || does === 'other';

/** What the same transaction still does. */
function untilCommit(placed: readonly Placed[]): readonly Placed[] {
  const end = placed.findIndex(
    ({ action }) => action.does === 'transaction' && /^(commit|rollback)$/.test(action.kind),
  );
  return end === -1 ? placed : placed.slice(0, end);
}
