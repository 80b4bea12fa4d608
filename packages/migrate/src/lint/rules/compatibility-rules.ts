import { plainName, show } from '../name.ts';
import type { ActionOf } from '../read/action.ts';
import { type RuleContext, rule } from '../rule.ts';
import { plain, safeForm } from '../safe.ts';

const RELEASES = 'Stop using it, deploy that, and let a `-- db: contract` migration of its own release take it away.';

export const compatibilityRules = [
  rule({
    code: 'LINT_COLUMN_DROPPED',
    hazards: [27],
    title: 'A column is dropped',
    why: 'Its data is gone, and every deployed program that names it fails. A drizzle insert and select() name each declared column.',
    instead: RELEASES,
    source: 'PostgreSQL manual, ALTER TABLE, DROP COLUMN',
    on: ['drop-column'],
    find: ({ table, column }, { isOld, file }) =>
      isOld(table) && !file.contract
        ? { message: `${column} of ${plainName(table)} goes while programs may still name it` }
        : undefined,
    bad: ['ALTER TABLE app.orders DROP COLUMN note'],
    good: [
      { sql: 'ALTER TABLE app.orders DROP COLUMN note', contract: true },
      'CREATE TABLE app.x (id bigint PRIMARY KEY, a int); ALTER TABLE app.x DROP COLUMN a',
    ],
  }),
  rule({
    code: 'LINT_RENAME',
    hazards: [28, 29],
    title: 'A column, table, view, type or schema is renamed or moved',
    why: 'Deployed programs use the old name and fail from that moment until all of them are replaced.',
    instead:
      'Columns: add the new one, keep both equal, move over, drop the old one. Tables: leave a view under the old name.',
    source: 'PostgreSQL manual, ALTER TABLE, RENAME; CREATE VIEW, "Updatable Views"',
    on: ['rename', 'set-schema'],
    find: (action, context) => {
      const kind = action.does === 'rename' ? action.kind : `${action.kind} schema`;
      if (!BREAKING.has(kind) || (ON_RELATION.has(kind) && !context.isOld(action.object))) return;
      if (kind === 'type' && !context.isOld(action.object)) return;
      if (hasViewUnderOldName(action.object.name, context)) return;
      const from = action.does === 'rename' ? action.from : plainName(action.object);
      const table = { ...action.object, ...(action.does === 'rename' ? { name: action.to } : { schema: action.to }) };
      const isTable = kind === 'table' || kind === 'table schema';
      return {
        message: `programs that say ${from} fail${action.does === 'rename' ? `; it is ${action.to} from then on` : ''}`,
        safe: isTable
          ? safeForm(
              context,
              plain(
                context.statement.text,
                `CREATE VIEW ${show(action.object)} WITH (security_invoker = true) AS SELECT * FROM ${show(table)}`,
              ),
            )
          : undefined,
      };
    },
    bad: [
      'ALTER TABLE app.orders RENAME COLUMN note TO remark',
      'ALTER TABLE app.tags RENAME TO labels',
      'ALTER SCHEMA app RENAME TO shop',
      { given: 'CREATE SCHEMA shop', sql: 'ALTER TABLE app.tags SET SCHEMA shop' },
    ],
    good: [
      'ALTER TABLE app.tags RENAME TO labels; CREATE VIEW app.tags AS SELECT * FROM app.labels',
      'ALTER INDEX app.idx_orders_user RENAME TO idx_orders_by_user',
      'ALTER TABLE app.orders RENAME CONSTRAINT orders_user_id_fkey TO orders_user_fkey',
    ],
  }),
  rule({
    code: 'LINT_TABLE_DROPPED',
    hazards: [34],
    title: 'A table is dropped',
    why: 'Its rows are gone, and every deployed program that names it fails.',
    instead: `${RELEASES} A rename some days before shows whether anybody still asks.`,
    source: 'PostgreSQL manual, DROP TABLE',
    on: ['drop'],
    find: ({ kind, names }, { isOld, file }) => {
      if (kind !== 'table' || file.contract) return;
      return names.filter(isOld).map((name) => ({ message: `${plainName(name)} goes, with its rows` }));
    },
    bad: ['DROP TABLE app.tags', 'DROP TABLE IF EXISTS app.tags CASCADE'],
    good: [{ sql: 'DROP TABLE app.tags', contract: true }, 'CREATE TABLE app.scratch (a int); DROP TABLE app.scratch'],
  }),
  rule({
    code: 'LINT_SCHEMA_DROPPED',
    hazards: [35],
    title: 'A schema, a database or all of an owner is dropped',
    why: 'Everything in it goes at once, also what nobody thought of.',
    instead: 'Not in a migration. Drop what is known, by name; or do it by hand, after a backup.',
    source: 'PostgreSQL manual, DROP SCHEMA, DROP DATABASE',
    on: ['drop'],
    find: ({ kind, names }) =>
      kind === 'schema' || kind === 'database' || kind === 'all that is owned by'
        ? names.map((name) => ({
            message:
              kind === 'schema' || kind === 'database'
                ? `${kind} ${name.name} goes with all that is in it`
                : `${kind} ${name.name} goes`,
          }))
        : undefined,
    bad: ['DROP SCHEMA app CASCADE', 'DROP DATABASE shop', 'DROP OWNED BY old_team'],
    good: ['CREATE SCHEMA other'],
  }),
  rule({
    code: 'LINT_DROPPED_AND_MADE_AGAIN',
    hazards: [36],
    title: 'A table is dropped and made again',
    why: 'All its rows are lost, on every database that has some, and nothing fails.',
    instead: 'Change it by ALTER TABLE; or make the new one under another name and move the rows.',
    source: 'PostgreSQL manual, DROP TABLE',
    on: ['create-table'],
    find: ({ table }, { before }) => {
      const dropped = before.some(
        ({ action }) =>
          action.does === 'drop' && action.kind === 'table' && action.names.some(({ name }) => name === table.name),
      );
      return dropped ? { message: `the rows of ${plainName(table)} are lost` } : undefined;
    },
    bad: ['DROP TABLE IF EXISTS app.tags; CREATE TABLE app.tags (name text PRIMARY KEY)'],
    good: ['CREATE TABLE app.labels (name text PRIMARY KEY)'],
  }),
  rule({
    code: 'LINT_DROP_CASCADE',
    hazards: [19, 34],
    title: 'DROP … CASCADE',
    why: 'It takes whatever depends on the thing, named nowhere in the file: views, foreign keys, defaults, triggers of other tables.',
    instead: 'Name what shall go, each by a statement of its own; without CASCADE PostgreSQL says what else there is.',
    source: 'PostgreSQL manual, "Dependency Tracking"',
    on: ['drop', 'drop-column', 'drop-constraint'],
    find: (action, context) => {
      if (!action.cascade || (action.does === 'drop' && action.kind === 'schema')) return;
      const what =
        action.does === 'drop'
          ? action.names.map(plainName).join(', ')
          : action.does === 'drop-column'
            ? `column ${action.column}`
            : `constraint ${action.constraint}`;
      const isNew =
        action.does === 'drop' ? action.names.every((name) => !context.isOld(name)) : !context.isOld(action.table);
      if (isNew && (action.does !== 'drop' || action.kind === 'table')) return;
      return { message: `what depends on ${what} goes with it, unnamed` };
    },
    bad: [
      { sql: 'DROP TABLE app.orders CASCADE', contract: true },
      { sql: 'ALTER TABLE app.users DROP COLUMN age CASCADE', contract: true },
      'DROP FUNCTION app.touch() CASCADE',
    ],
    good: [{ sql: 'DROP TABLE app.tags', contract: true }],
  }),
  rule({
    code: 'LINT_ROWS_REMOVED',
    hazards: [37],
    title: 'TRUNCATE of a table with rows',
    why: 'All rows are gone, on every server that runs the file, under an ACCESS EXCLUSIVE lock.',
    instead: 'Not in a migration. DELETE what shall go, by a backfill in batches.',
    source: 'PostgreSQL manual, TRUNCATE',
    on: ['truncate'],
    find: ({ tables }, { isOld }) =>
      tables.filter(isOld).map((table) => ({ message: `every row of ${plainName(table)} goes` })),
    bad: ['TRUNCATE app.tags'],
    good: ['CREATE TABLE app.x (a int); TRUNCATE app.x'],
  }),
  rule({
    code: 'LINT_TRUNCATE_CASCADE',
    hazards: [37],
    title: 'TRUNCATE … CASCADE',
    why: 'It also empties every table with a foreign key to it, and those that point to these.',
    instead: 'Name every table that shall be emptied.',
    source: 'PostgreSQL manual, TRUNCATE, CASCADE',
    on: ['truncate'],
    find: ({ tables, cascade }) =>
      cascade ? { message: `tables that refer to ${tables.map(plainName).join(', ')} are emptied, too` } : undefined,
    bad: ['TRUNCATE app.users CASCADE'],
    good: ['TRUNCATE app.users, app.orders'],
  }),
  rule({
    code: 'LINT_SEQUENCE_LOST',
    hazards: [48],
    title: 'A sequence is dropped or set back',
    why: 'Its counter is lost: numbers that were given out are given out again, and collide with rows that have them.',
    instead: 'Keep it. Where a column goes over to identity, set the new sequence above the highest number first.',
    source: 'PostgreSQL manual, DROP SEQUENCE; ALTER SEQUENCE, RESTART',
    on: ['drop', 'restart-sequence'],
    find: (action) => {
      if (action.does === 'restart-sequence')
        return { message: `${plainName(action.sequence)} counts from another number` };
      return action.kind === 'sequence'
        ? action.names.map((name) => ({ message: `the count of ${plainName(name)} is lost` }))
        : undefined;
    },
    bad: ['DROP SEQUENCE app.invoice_numbers', 'ALTER SEQUENCE app.invoice_numbers RESTART WITH 1'],
    good: ['CREATE SEQUENCE app.receipt_numbers'],
  }),
  rule({
    code: 'LINT_ENUM_VALUE_RENAMED',
    hazards: [54],
    title: 'A value of an enum type is renamed',
    why: 'Deployed programs read and write the old one, and fail at the new.',
    instead: 'Add the new value, let programs know both, move the rows by a backfill, and leave the old value unused.',
    source: 'PostgreSQL manual, ALTER TYPE, RENAME VALUE',
    on: ['rename-value'],
    find: ({ type, from, to }, context) => ({
      message: `programs that say '${from}' of ${plainName(type)} fail`,
      safe: safeForm(
        context,
        plain(`ALTER TYPE ${show(type)} ADD VALUE '${to.replaceAll("'", "''")}' AFTER '${from.replaceAll("'", "''")}'`),
      ),
    }),
    bad: ["ALTER TYPE app.order_status RENAME VALUE 'sent' TO 'shipped'"],
    good: ["ALTER TYPE app.order_status ADD VALUE 'shipped'"],
  }),
  rule({
    code: 'LINT_FUNCTION_LEFT_BEHIND',
    severity: 'warning',
    hazards: [44],
    title: 'A function names what is dropped or renamed',
    why: 'PostgreSQL does not look into bodies that are text: the function stays, and fails when it is called.',
    instead:
      'Replace the function in the same migration, before the drop. The body is searched for the words alone, so they may mean something else there: then allow it.',
    source: 'PostgreSQL manual, "Dependency Tracking", on function bodies',
    on: ['drop', 'drop-column', 'rename'],
    find: (action, context) => {
      const gone = namesThatGo(action);
      return [...context.final.functions.values()].flatMap(({ name, body }) => {
        const found = gone.filter((word) => mentions(body, word));
        return found.length > 0 && gone.length === found.length
          ? [{ message: `the body of ${plainName(name)} still says ${found.join(' and ')}` }]
          : [];
      });
    },
    bad: [{ sql: 'ALTER TABLE app.users DROP COLUMN age', contract: true }, 'ALTER TABLE app.users RENAME TO members'],
    good: [
      { sql: 'ALTER TABLE app.users DROP COLUMN nickname', contract: true },
      {
        sql: 'CREATE OR REPLACE FUNCTION app.user_age(wanted bigint) RETURNS integer LANGUAGE sql STABLE AS $$ SELECT 1 $$; ALTER TABLE app.users DROP COLUMN age',
        contract: true,
      },
    ],
  }),
];

const BREAKING = new Set([
  'column',
  'view column',
  'table',
  'view',
  'matview',
  'schema',
  'type',
  'table schema',
  'view schema',
  'matview schema',
]);
const ON_RELATION = new Set(['column', 'table', 'table schema', 'matview', 'matview schema']);

function hasViewUnderOldName(name: string, { all }: RuleContext): boolean {
  return all.some(({ action }) => action.does === 'create-view' && action.view.name === name);
}

/** The words that a body must have to be left behind: a table, or a table and its column. */
function namesThatGo(action: ActionOf<'drop' | 'drop-column' | 'rename'>): readonly string[] {
  if (action.does === 'drop-column') return [action.table.name, action.column];
  if (action.does === 'rename' && action.kind === 'column') return [action.object.name, action.from];
  if (action.does === 'rename') return action.kind === 'table' ? [action.object.name] : [];
  return action.kind === 'table' ? action.names.slice(0, 1).map(({ name }) => name) : [];
}

/** A word of its own in a body. */
function mentions(body: string, word: string): boolean {
  const escaped = word.replaceAll(/[^\w]/g, '\\$&');
  return new RegExp(`(?<![\\w$])${escaped}(?![\\w$])`, 'i').test(body);
}
