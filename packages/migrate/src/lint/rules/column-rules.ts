import { quoteIdentifier } from '../../objects/quote.ts';
import { plainName, show } from '../name.ts';
import type { ActionOf } from '../read/action.ts';
import { showType } from '../read/sql-type.ts';
import { type RuleContext, rule } from '../rule.ts';
import { plain, safeForm } from '../safe.ts';
import { notNullInSteps } from './added.ts';

const MANUAL = 'PostgreSQL manual, ALTER TABLE, notes';

export const columnRules = [
  rule({
    code: 'LINT_NOT_NULL_SCANS',
    hazards: [17],
    title: 'SET NOT NULL reads every row under lock',
    why: 'It searches the whole table for a null under an ACCESS EXCLUSIVE lock, and fails at the first one.',
    instead:
      'Add CHECK (… IS NOT NULL) NOT VALID, VALIDATE it in the next migration; then SET NOT NULL trusts it and reads nothing.',
    source: `${MANUAL} on SET NOT NULL`,
    on: ['set-not-null', 'add-constraint'],
    find: (action, context) => {
      const { table } = action;
      const column = action.does === 'set-not-null' ? action.column : notNullAdded(action);
      if (column === undefined || !context.isOld(table) || context.catalog.isNotNull(table, column)) return;
      return {
        message: `nobody can use ${plainName(table)} while it is searched for nulls in ${column}`,
        safe: safeForm(context, ...notNullInSteps(table, [column])),
      };
    },
    bad: [
      'ALTER TABLE app.orders ALTER COLUMN note SET NOT NULL',
      'ALTER TABLE app.orders ADD CONSTRAINT note_there NOT NULL note',
    ],
    good: [
      {
        given: 'ALTER TABLE app.orders ADD CONSTRAINT n CHECK (note IS NOT NULL)',
        sql: 'ALTER TABLE app.orders ALTER COLUMN note SET NOT NULL; ALTER TABLE app.orders DROP CONSTRAINT n',
      },
      'CREATE TABLE app.x (id bigint PRIMARY KEY, a text); ALTER TABLE app.x ALTER COLUMN a SET NOT NULL',
    ],
  }),
  rule({
    code: 'LINT_NULLS_ALLOWED',
    severity: 'warning',
    hazards: [18],
    title: 'A column begins to hold nulls',
    why: 'Programs that are deployed read it as never null, and fail at the first row that has none.',
    instead: 'Deploy readers that expect null first; then allow it, with that release in the reason.',
    source: 'PostgreSQL manual, "Constraints", "Not-Null Constraints"',
    on: ['drop-not-null'],
    find: ({ table, column }, { isOld, catalog, file }) =>
      isOld(table) && !file.contract && catalog.column(table, column)?.notNull !== false
        ? { message: `${column} of ${plainName(table)} may be null from now on` }
        : undefined,
    bad: ['ALTER TABLE app.orders ALTER COLUMN total_cents DROP NOT NULL'],
    good: [
      'CREATE TABLE app.x (id bigint PRIMARY KEY, a text NOT NULL); ALTER TABLE app.x ALTER COLUMN a DROP NOT NULL',
    ],
  }),
  rule({
    code: 'LINT_COLUMN_NOT_NULL',
    hazards: [21],
    title: 'A column is added NOT NULL without a default',
    why: 'It fails where the table has a row, and every INSERT of a deployed program that does not know the column fails afterwards.',
    instead: 'Give it a constant default, or add it nullable, fill it, and make it NOT NULL in a later migration.',
    source: `${MANUAL} on ADD COLUMN`,
    on: ['add-column'],
    find: ({ table, column }, context) => {
      if (!column.notNull || column.default !== null || isAutomatic(column) || !context.isOld(table)) return;
      const add = `ALTER TABLE ${show(table)} ADD COLUMN ${quoteIdentifier(column.name)} ${showType(column.type)}`;
      const fill = '-- then a backfill fills it';
      return {
        message: `${plainName(table)} has rows, and ${column.name} has no value for them`,
        safe: safeForm(context, plain(add, fill), ...notNullInSteps(table, [column.name])),
      };
    },
    bad: [
      'ALTER TABLE app.orders ADD COLUMN channel text NOT NULL',
      'ALTER TABLE app.orders ADD a int, ADD b date NOT NULL',
    ],
    good: [
      "ALTER TABLE app.orders ADD COLUMN channel text NOT NULL DEFAULT 'web'",
      'ALTER TABLE app.orders ADD COLUMN channel text',
    ],
  }),
  rule({
    code: 'LINT_DEFAULT_REWRITES',
    hazards: [22],
    title: 'A column is added with a default that differs from row to row',
    why: 'The whole table and all its indexes are written anew under an ACCESS EXCLUSIVE lock. A constant, now() too, costs nothing.',
    instead: 'Add the column without default, set the default, fill the old rows by a backfill.',
    source: `${MANUAL} on ADD COLUMN with a volatile DEFAULT`,
    on: ['add-column'],
    find: ({ table, column }, context) => {
      const calls = column.defaultCalls.filter((name) => isVolatile(name, context));
      if (calls.length === 0 || !context.isOld(table)) return;
      const alter = `ALTER TABLE ${show(table)}`;
      const name = quoteIdentifier(column.name);
      const adds = [
        `${alter} ADD COLUMN ${name} ${showType(column.type)}`,
        `${alter} ALTER COLUMN ${name} SET DEFAULT ${column.default}`,
        '-- then a backfill fills the rows that were there',
      ];
      const strict = column.notNull ? notNullInSteps(table, [column.name]) : [];
      return {
        message: `${calls.join(', ')}() gives each row its own value, so ${plainName(table)} is written anew`,
        safe: safeForm(context, plain(...adds), ...strict),
      };
    },
    bad: [
      'ALTER TABLE app.orders ADD COLUMN public_id uuid DEFAULT gen_random_uuid()',
      'ALTER TABLE app.orders ADD COLUMN seen_at timestamptz DEFAULT clock_timestamp()',
      "ALTER TABLE app.orders ADD COLUMN number bigint NOT NULL DEFAULT nextval('app.invoice_numbers')",
    ],
    good: [
      'ALTER TABLE app.orders ADD COLUMN seen_at timestamptz NOT NULL DEFAULT now()',
      'ALTER TABLE app.orders ALTER COLUMN note SET DEFAULT gen_random_uuid()::text',
      "ALTER TABLE app.orders ADD COLUMN facts jsonb NOT NULL DEFAULT '{}'::jsonb",
    ],
  }),
  rule({
    code: 'LINT_GENERATED_REWRITES',
    hazards: [23],
    title: 'A stored generated column is added',
    why: 'The whole table is written anew under an ACCESS EXCLUSIVE lock to compute it.',
    instead:
      'Compute it where it is read: in a view, or GENERATED … VIRTUAL from PostgreSQL 18 on; or a plain column with a trigger and a backfill.',
    source: 'PostgreSQL manual, "Generated Columns"; ALTER TABLE, notes',
    on: ['add-column'],
    find: ({ table, column }, { isOld }) =>
      column.generated === 'stored' && isOld(table)
        ? { message: `${plainName(table)} is written anew to compute ${column.name}` }
        : undefined,
    bad: ['ALTER TABLE app.orders ADD COLUMN euros numeric GENERATED ALWAYS AS (total_cents / 100.0) STORED'],
    good: [
      'ALTER TABLE app.orders ADD COLUMN euros numeric GENERATED ALWAYS AS (total_cents / 100.0) VIRTUAL',
      'CREATE TABLE app.x (a int, b int GENERATED ALWAYS AS (a * 2) STORED)',
    ],
  }),
  rule({
    code: 'LINT_SERIAL_REWRITES',
    hazards: [24],
    title: 'A serial or identity column is added to a table with rows',
    why: 'Each row gets its number, so the whole table is written anew under an ACCESS EXCLUSIVE lock.',
    instead: 'Add a nullable bigint, let a sequence be its default, fill the old rows by a backfill.',
    source: `${MANUAL} on ADD COLUMN`,
    on: ['add-column'],
    find: ({ table, column }, context) => {
      if (!isAutomatic(column) || column.generated !== null || !context.isOld(table)) return;
      const sequence = { schema: table.schema, name: `${table.name}_${column.name}_seq` };
      const name = quoteIdentifier(column.name);
      const alter = `ALTER TABLE ${show(table)}`;
      const steps = [
        `${alter} ADD COLUMN ${name} bigint`,
        `CREATE SEQUENCE ${show(sequence)} OWNED BY ${show(table)}.${name}`,
        `${alter} ALTER COLUMN ${name} SET DEFAULT nextval('${show(sequence)}')`,
        '-- then a backfill numbers the rows that were there',
      ];
      return {
        message: `${plainName(table)} is written anew to number its rows`,
        safe: safeForm(context, plain(...steps)),
      };
    },
    bad: [
      'ALTER TABLE app.orders ADD COLUMN number bigserial',
      'ALTER TABLE app.tags ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY',
    ],
    good: ['CREATE TABLE app.x (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)'],
  }),
  rule({
    code: 'LINT_DEFAULT_DROPPED',
    severity: 'warning',
    hazards: [27],
    title: 'A NOT NULL column loses its default',
    why: 'A deployed program that leaves the column out of its INSERT fails from then on.',
    instead: 'Deploy writers that name the column first, then drop the default in a `-- db: contract` migration.',
    source: 'PostgreSQL manual, "Default Values"',
    on: ['set-default'],
    find: ({ table, column, dropped }, { isOld, catalog, file }) =>
      dropped && isOld(table) && !file.contract && catalog.column(table, column)?.notNull === true
        ? { message: `inserts into ${plainName(table)} without ${column} fail from then on` }
        : undefined,
    bad: ['ALTER TABLE app.orders ALTER COLUMN status DROP DEFAULT'],
    good: [
      'ALTER TABLE app.orders ALTER COLUMN note DROP DEFAULT',
      "ALTER TABLE app.orders ALTER COLUMN status SET DEFAULT 'paid'",
    ],
  }),
];

/** The column of `ADD CONSTRAINT … NOT NULL`, from PostgreSQL 18 on, where it is tested at once. */
function notNullAdded({ constraint }: ActionOf<'add-constraint'>): string | undefined {
  return constraint.kind === 'not-null' && constraint.validated ? constraint.columns[0] : undefined;
}

type Column = ActionOf<'add-column'>['column'];

const SERIAL = new Set(['serial', 'bigserial', 'smallserial']);

/** PostgreSQL gives it a value in each row. */
function isAutomatic({ identity, generated, type }: Column): boolean {
  return identity || generated !== null || SERIAL.has(type.name);
}

const VOLATILE = new Set([
  'clock_timestamp',
  'currval',
  'gen_random_bytes',
  'gen_random_uuid',
  'nextval',
  'pg_sleep',
  'random',
  'random_normal',
  'setval',
  'timeofday',
  'uuid_generate_v1',
  'uuid_generate_v1mc',
  'uuid_generate_v4',
  'uuidv4',
  'uuidv7',
  'txid_current',
  'lastval',
  'gen_ulid',
  'uuid_generate_v7',
  'nanoid',
]);

function isVolatile(name: string, { catalog }: RuleContext): boolean {
  if (VOLATILE.has(name)) return true;
  return [...catalog.functions.values()].some((known) => known.name.name === name && known.volatility === 'volatile');
}
