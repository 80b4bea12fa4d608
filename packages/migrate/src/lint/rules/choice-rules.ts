import { quoteIdentifier } from '../../objects/quote.ts';
import { plainName, show } from '../name.ts';
import type { Action, ColumnFacts } from '../read/action.ts';
import { showType } from '../read/sql-type.ts';
import { type Hit, rule } from '../rule.ts';

type Columns = Extract<Action, { readonly does: 'create-table' | 'add-column' }>;

export const choiceRules = [
  rule({
    code: 'LINT_JSON',
    severity: 'warning',
    hazards: [30],
    title: 'A json column',
    why: 'json has no equality: DISTINCT, GROUP BY and UNION over such a row fail, and no index finds a key in it.',
    instead: 'jsonb.',
    source: 'PostgreSQL manual, "JSON Types"',
    on: ['create-table', 'add-column'],
    find: (action) => each(action, ({ type }) => type.name === 'json', 'cannot be compared', 'jsonb'),
    bad: ['ALTER TABLE app.orders ADD COLUMN facts json', 'CREATE TABLE app.x (id bigint PRIMARY KEY, facts json)'],
    good: ['ALTER TABLE app.orders ADD COLUMN facts jsonb'],
  }),
  rule({
    code: 'LINT_CHAR',
    severity: 'warning',
    hazards: [31],
    title: 'A char(n) column',
    why: 'It pads with spaces that come and go in comparisons, and saves nothing.',
    instead: 'text, with a CHECK where the length matters.',
    source: 'PostgreSQL manual, "Character Types"',
    on: ['create-table', 'add-column'],
    find: (action) =>
      each(action, ({ type }) => type.name === 'char' && type.schema === null, 'is padded with spaces', 'text'),
    bad: ['ALTER TABLE app.orders ADD COLUMN currency char(3)'],
    good: ['ALTER TABLE app.orders ADD COLUMN currency text'],
  }),
  rule({
    code: 'LINT_VARCHAR',
    severity: 'warning',
    hazards: [31],
    title: 'A varchar(n) column',
    why: 'The limit is part of the type: to narrow it rewrites under lock, and what is too long fails at run time.',
    instead: 'text, with a CHECK that can be added, validated and dropped online.',
    source: 'PostgreSQL manual, "Character Types"',
    on: ['create-table', 'add-column'],
    find: (action) =>
      each(action, ({ type }) => type.name === 'varchar' && type.mods.length > 0, 'has its limit in its type', 'text'),
    bad: ['ALTER TABLE app.orders ADD COLUMN channel varchar(20)'],
    good: ['ALTER TABLE app.orders ADD COLUMN channel text', 'ALTER TABLE app.orders ADD COLUMN channel varchar'],
  }),
  rule({
    code: 'LINT_TIMESTAMP',
    severity: 'warning',
    hazards: [31],
    title: 'A timestamp without time zone',
    why: 'It is no moment: what it means depends on who wrote it, and it shifts where a session has another TimeZone.',
    instead: 'timestamptz.',
    source: 'PostgreSQL manual, "Date/Time Types"',
    on: ['create-table', 'add-column'],
    find: (action) => each(action, ({ type }) => type.name === 'timestamp', 'is no moment', 'timestamptz'),
    bad: ['ALTER TABLE app.orders ADD COLUMN sent_at timestamp'],
    good: ['ALTER TABLE app.orders ADD COLUMN sent_at timestamptz'],
  }),
  rule({
    code: 'LINT_INTEGER_KEY',
    severity: 'warning',
    hazards: [31, 71],
    title: 'A key that ends at two thousand million',
    why: 'A failed insert counts, too. When the numbers are used up every insert fails, and to widen the key rewrites the table.',
    instead: 'bigint or uuid.',
    source: 'PostgreSQL manual, "Numeric Types"',
    on: ['create-table', 'add-column'],
    find: (action, { final }) => {
      const apart = action.does === 'create-table' ? (final.table(action.table)?.constraints ?? []) : [];
      const keys = [...constraintsOf(action), ...apart].filter(({ kind }) => kind === 'primary');
      return each(
        action,
        ({ type, name, identity }) =>
          ['integer', 'smallint', 'serial', 'smallserial'].includes(type.name) &&
          (identity ||
            /serial/.test(type.name) ||
            keys.some(({ columns }) => columns.length === 1 && columns[0] === name)),
        'ends at 2,147,483,647',
        'bigint',
      );
    },
    bad: [
      'CREATE TABLE app.x (id integer NOT NULL); ALTER TABLE app.x ADD PRIMARY KEY (id)',
      'CREATE TABLE app.x (id integer PRIMARY KEY)',
      'CREATE TABLE app.x (id serial PRIMARY KEY)',
    ],
    good: ['CREATE TABLE app.x (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, quantity integer)'],
  }),
  rule({
    code: 'LINT_SERIAL',
    severity: 'warning',
    hazards: [31],
    title: 'A serial column',
    why: 'Its sequence is a thing of its own, with rights of its own; inserts with explicit numbers leave it behind, and collide later.',
    instead: 'GENERATED ALWAYS AS IDENTITY.',
    source: 'PostgreSQL manual, "Identity Columns"',
    on: ['create-table'],
    find: (action) =>
      each(
        action,
        ({ type }) => /serial$/.test(type.name),
        'has a sequence of its own',
        'bigint GENERATED ALWAYS AS IDENTITY',
      ),
    bad: ['CREATE TABLE app.x (id bigserial PRIMARY KEY)'],
    good: ['CREATE TABLE app.x (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)'],
  }),
  rule({
    code: 'LINT_NO_PRIMARY_KEY',
    severity: 'warning',
    hazards: [41],
    title: 'A table without a primary key',
    why: 'Logical replication cannot update or delete its rows, batches have nothing to go by, and duplicates cannot be told apart.',
    instead: 'Give it one, best in the statement that makes it.',
    source: 'PostgreSQL manual, "Logical Replication", replica identity',
    on: ['create-table'],
    find: ({ table, partitionOf, inherits, columns }, { final }) => {
      const known = final.table(table);
      if (known === undefined || partitionOf !== null || inherits || columns.length === 0) return;
      return known.constraints.some(({ kind }) => kind === 'primary')
        ? undefined
        : { message: `nothing tells the rows of ${plainName(table)} apart` };
    },
    bad: ['CREATE TABLE app.x (a text)'],
    good: [
      'CREATE TABLE app.x (a text PRIMARY KEY)',
      'CREATE TABLE app.x (a text); ALTER TABLE app.x ADD PRIMARY KEY (a)',
    ],
  }),
  rule({
    code: 'LINT_ENUM_MADE',
    severity: 'warning',
    hazards: [54],
    title: 'A new enum type',
    why: 'A value can be added but never removed, and a transaction cannot use what it adds.',
    instead: 'text with a CHECK, which is exchanged online, or a table of its own.',
    source: 'PostgreSQL manual, "Enumerated Types"; ALTER TYPE',
    on: ['create-enum'],
    find: ({ type, values }) => ({
      message: `no value of ${plainName(type)} can ever be taken out`,
      safe: `-- at the column: text NOT NULL CHECK (value IN (${values.map((value) => `'${value.replaceAll("'", "''")}'`).join(', ')}))`,
    }),
    bad: ["CREATE TYPE app.mood AS ENUM ('ok', 'sad')"],
    good: ["CREATE TABLE app.x (id bigint PRIMARY KEY, mood text CHECK (mood IN ('ok', 'sad')))"],
  }),
  rule({
    code: 'LINT_DOMAIN_CONSTRAINED',
    severity: 'warning',
    hazards: [20],
    title: 'A domain with a constraint',
    why: 'To change it later reads every column of that domain in every table, and drivers and generators see only the base type.',
    instead: 'CHECK on the table.',
    source: 'PostgreSQL manual, CREATE DOMAIN; ALTER DOMAIN',
    on: ['create-domain'],
    find: ({ domain, constrained }) =>
      constrained
        ? { message: `its constraint is checked in every table that will use ${plainName(domain)}` }
        : undefined,
    bad: ["CREATE DOMAIN app.email AS text CHECK (VALUE LIKE '%@%')"],
    good: ['CREATE DOMAIN app.email AS text'],
  }),
];

function columnsOf(action: Columns): readonly ColumnFacts[] {
  return action.does === 'create-table' ? action.columns : [action.column];
}

const constraintsOf = (action: Columns) => action.constraints;

/** One hit for each column that is like that; the safe form is the column with another type. */
function each(
  action: Columns,
  isLikeThat: (column: ColumnFacts) => boolean,
  what: string,
  better: string,
): readonly Hit[] {
  return columnsOf(action)
    .filter(isLikeThat)
    .map((column) => ({
      message: `${column.name} of ${plainName(action.table)} (${showType(column.type)}) ${what}`,
      safe: withType(action, column, better),
    }));
}

/** A column of a new table goes into its CREATE TABLE, so it is shown alone. */
function withType(action: Columns, { name, default: given, notNull }: ColumnFacts, type: string): string {
  const facts = `${given === null ? '' : ` DEFAULT ${given}`}${notNull && !type.includes('IDENTITY') ? ' NOT NULL' : ''}`;
  const column = `${quoteIdentifier(name)} ${type}${facts}`;
  return action.does === 'create-table' ? `-- ${column}` : `ALTER TABLE ${show(action.table)} ADD COLUMN ${column};`;
}
