import { quoteIdentifier } from '../../objects/quote.ts';
import { constraintName } from '../known/constraint-name.ts';
import { plainName, quoted, show } from '../name.ts';
import type { ConstraintFacts } from '../read/action.ts';
import { type Hit, type RuleContext, rule } from '../rule.ts';
import { alone, plain, type SafeFile, safeForm } from '../safe.ts';
import { type Adds, addColumnOnly, added, proofs } from './added.ts';

export const keyRules = [
  rule({
    code: 'LINT_UNIQUE_BUILDS',
    hazards: [12],
    title: 'A unique constraint builds its index under lock',
    why: 'The index is built under an ACCESS EXCLUSIVE lock: nobody can read or write until it is there.',
    instead: 'Build a unique index concurrently, then give it to the constraint with USING INDEX.',
    source: 'PostgreSQL manual, ALTER TABLE, ADD table_constraint_using_index',
    on: ['add-constraint', 'add-column'],
    find: (action, context) =>
      added(action, 'unique', context).map((key) => usingIndex(action, key, 'UNIQUE', context)),
    bad: [
      'ALTER TABLE app.orders ADD CONSTRAINT orders_note_key UNIQUE (note)',
      'ALTER TABLE app.orders ADD UNIQUE (user_id, placed_at)',
      'ALTER TABLE app.orders ADD COLUMN reference text UNIQUE',
    ],
    good: [
      {
        given: 'CREATE UNIQUE INDEX orders_note_key ON app.orders (note)',
        sql: 'ALTER TABLE app.orders ADD CONSTRAINT orders_note_key UNIQUE USING INDEX orders_note_key',
      },
    ],
  }),
  rule({
    code: 'LINT_PRIMARY_KEY_BUILDS',
    hazards: [15],
    title: 'A primary key builds its index under lock',
    why: 'The index is built, and the columns are searched for nulls, under an ACCESS EXCLUSIVE lock.',
    instead: 'Make the columns NOT NULL the safe way, build a unique index concurrently, then USING INDEX.',
    source: 'PostgreSQL manual, ALTER TABLE, ADD table_constraint_using_index',
    on: ['add-constraint', 'add-column'],
    find: (action, context) =>
      added(action, 'primary', context).map((key) => usingIndex(action, key, 'PRIMARY KEY', context)),
    bad: [
      'ALTER TABLE app.tags ADD CONSTRAINT tags_pkey PRIMARY KEY (name)',
      'ALTER TABLE app.events_2027 ADD PRIMARY KEY (id)',
    ],
    good: [
      {
        given: 'CREATE UNIQUE INDEX events_2027_pkey ON app.events_2027 (id)',
        sql: 'ALTER TABLE app.events_2027 ADD CONSTRAINT events_2027_pkey PRIMARY KEY USING INDEX events_2027_pkey',
      },
    ],
  }),
  rule({
    code: 'LINT_PRIMARY_KEY_NULLABLE',
    hazards: [16],
    title: 'A primary key over columns that may be null',
    why: 'Also with USING INDEX it sets the columns NOT NULL, which reads the whole table under an ACCESS EXCLUSIVE lock.',
    instead: 'Prove NOT NULL by a validated check first.',
    source: 'PostgreSQL manual, ALTER TABLE, SET NOT NULL and ADD table_constraint_using_index',
    on: ['add-constraint'],
    find: ({ table, constraint }, context) => {
      if (constraint.kind !== 'primary' || constraint.usingIndex === null || !context.isOld(table)) return;
      const index = context.catalog.index({ schema: table.schema, name: constraint.usingIndex });
      const open = (index?.columns ?? []).filter(
        (column) => column !== null && !context.catalog.isNotNull(table, column),
      );
      if (open.length === 0) return;
      const columns = open.flatMap((column) => column ?? []);
      const safe = safeForm(context, ...proofs(table, columns), plain(context.statement.text));
      return { message: `${columns.join(', ')} of ${plainName(table)} may be null, so every row is read`, safe };
    },
    bad: ['ALTER TABLE app.tags ADD CONSTRAINT tags_pkey PRIMARY KEY USING INDEX idx_tags_name'],
    good: [
      {
        given: 'ALTER TABLE app.tags ADD CONSTRAINT named CHECK (name IS NOT NULL)',
        sql: 'ALTER TABLE app.tags ADD CONSTRAINT tags_pkey PRIMARY KEY USING INDEX idx_tags_name',
      },
    ],
  }),
  rule({
    code: 'LINT_PRIMARY_KEY_REPLACED',
    hazards: [16],
    title: 'A primary key is dropped and another one is added',
    why: 'Foreign keys that point to it go or refuse, logical replication loses its identity, and between the two duplicates come in.',
    instead:
      'Keep the key. Make the new columns unique beside it, move references over, and only then swap, in a release of its own.',
    source: 'PostgreSQL manual, ALTER TABLE, DROP CONSTRAINT; "Logical Replication", replica identity',
    on: ['drop-constraint'],
    find: ({ table, constraint }, context) => {
      if (context.catalog.constraint(table, constraint)?.kind !== 'primary' || !context.isOld(table)) return;
      const replaced = context.all.some(
        ({ action }) =>
          action.does === 'add-constraint' && action.constraint.kind === 'primary' && action.table.name === table.name,
      );
      return replaced ? { message: `the primary key of ${plainName(table)} is exchanged` } : undefined;
    },
    bad: [
      'ALTER TABLE app.orders DROP CONSTRAINT orders_pkey; ALTER TABLE app.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id, user_id)',
    ],
    good: ['ALTER TABLE app.orders DROP CONSTRAINT orders_user_id_fkey'],
  }),
  rule({
    code: 'LINT_EXCLUDE_BLOCKS',
    hazards: [14],
    title: 'An exclusion constraint on a table with rows',
    why: 'Its index is built under an ACCESS EXCLUSIVE lock, and PostgreSQL has no form of it that lets others go on.',
    instead: 'Add it to a new table and move the rows over, or take a maintenance window and allow it.',
    source: 'PostgreSQL manual, ALTER TABLE, ADD table_constraint',
    on: ['add-constraint'],
    find: ({ table, constraint }, { isOld }) =>
      constraint.kind === 'exclude' && isOld(table)
        ? { message: `nobody can use ${plainName(table)} until the constraint's index is built` }
        : undefined,
    bad: ['ALTER TABLE app.orders ADD CONSTRAINT o EXCLUDE USING btree (note WITH =)'],
    good: ['CREATE TABLE app.stays (room text, EXCLUDE USING btree (room WITH =))'],
  }),
];

function usingIndex(
  action: Adds,
  constraint: ConstraintFacts,
  kind: 'UNIQUE' | 'PRIMARY KEY',
  context: RuleContext,
): Hit {
  const { table } = action;
  const name = quoteIdentifier(constraintName(table, constraint));
  const open = constraint.columns.filter(
    (column) => kind === 'PRIMARY KEY' && !context.catalog.isNotNull(table, column),
  );
  const column = action.does === 'add-column' ? [plain(addColumnOnly(action))] : [];
  const files: readonly SafeFile[] = [
    ...column,
    ...(action.does === 'add-column' ? [] : proofs(table, open)),
    alone(`CREATE UNIQUE INDEX CONCURRENTLY ${name} ON ${show(table)} (${quoted(constraint.columns)})`),
    plain(`ALTER TABLE ${show(table)} ADD CONSTRAINT ${name} ${kind} USING INDEX ${name}`),
  ];
  return {
    message: `nobody can use ${plainName(table)} while the index of ${constraintName(table, constraint)} is built`,
    safe: safeForm(context, ...files),
  };
}
