import { plainName } from '../name.ts';
import { rule } from '../rule.ts';

export const nameRules = [
  rule({
    code: 'LINT_NAME_STYLE',
    severity: 'warning',
    hazards: [51],
    title: 'A name that has to be quoted for ever',
    why: 'A name with capitals, spaces or signs is found only in quotes, in every query that anybody writes by hand.',
    instead: 'snake_case.',
    source: 'PostgreSQL manual, "Identifiers and Key Words"',
    on: ['create-table', 'add-column', 'create-index'],
    find: (action) => {
      const names =
        action.does === 'create-index'
          ? [action.index?.name ?? '']
          : action.does === 'add-column'
            ? [action.column.name]
            : [action.table.name, ...action.columns.map(({ name }) => name)];
      return names
        .filter((name) => /[^a-z0-9_$\u0080-\uffff]/.test(name))
        .map((name) => ({ message: `"${name}" must be quoted wherever it is used` }));
    },
    bad: [
      'CREATE TABLE app."UserNotes" (id bigint PRIMARY KEY)',
      'ALTER TABLE app.orders ADD COLUMN "sentAt" timestamptz',
    ],
    good: ['CREATE TABLE app.user_notes (id bigint PRIMARY KEY)'],
  }),
  rule({
    code: 'LINT_NAME_QUALIFIED',
    severity: 'warning',
    runner: 'engine',
    hazards: [49],
    title: 'A table without its schema',
    why: 'The search_path of whoever runs the migration decides which table is meant.',
    instead: 'Write the schema.',
    source: 'PostgreSQL manual, "The Schema Search Path"',
    on: [
      'create-table',
      'create-view',
      'add-column',
      'drop-column',
      'change-type',
      'set-not-null',
      'add-constraint',
      'create-index',
      'change-rows',
      'create-trigger',
    ],
    find: (action, { file }) => {
      const name = action.does === 'create-view' ? action.view : action.table;
      if (name.schema !== null || name.name === '') return;
      const schema = file.schema ?? 'public';
      return { message: `${name.name} may be any schema's; write ${plainName({ schema, name: name.name })}` };
    },
    bad: ['CREATE TABLE x (id bigint PRIMARY KEY)', 'ALTER TABLE orders ADD COLUMN channel text'],
    good: [
      'CREATE TABLE app.x (id bigint PRIMARY KEY)',
      { sql: 'CREATE TABLE x (id bigint PRIMARY KEY)', runner: 'plain' },
    ],
  }),
  rule({
    code: 'LINT_OTHER_SCHEMA',
    runner: 'engine',
    hazards: [51],
    title: 'A statement on a table of another domain',
    why: 'Each domain has a history of its own, in an order of its own, and may lie on another server.',
    instead: 'Let the other domain change it, in its own history.',
    source: 'docs/migration-files.md',
    on: [
      'create-table',
      'create-view',
      'add-column',
      'drop-column',
      'change-type',
      'set-not-null',
      'add-constraint',
      'create-index',
      'change-rows',
      'create-trigger',
    ],
    find: (action, { file }) => {
      const name = action.does === 'create-view' ? action.view : action.table;
      const parent = action.does === 'add-constraint' ? action.constraint.references?.table : undefined;
      const foreign = [name, ...(parent === undefined ? [] : [parent])].find(
        ({ schema }) => schema !== null && schema !== file.schema,
      );
      return foreign === undefined || file.schema === null
        ? undefined
        : { message: `${plainName(foreign)} is not in schema ${file.schema}` };
    },
    bad: ['ALTER TABLE shop.orders ADD COLUMN channel text'],
    good: ['ALTER TABLE app.orders ADD COLUMN channel text'],
  }),
  rule({
    code: 'LINT_NAME_TOO_LONG',
    hazards: [50],
    title: 'A name of more than 63 bytes',
    why: 'PostgreSQL cuts it silently: two names may become one, and who looks for the whole name finds nothing.',
    instead: 'A shorter name.',
    source: 'PostgreSQL manual, "Identifiers and Key Words"',
    on: [
      'create-table',
      'add-column',
      'add-constraint',
      'create-index',
      'rename',
      'create-trigger',
      'create-function',
      'create-view',
      'create-policy',
      'create-table-as',
    ],
    find: (_action, { statement: { text } }) =>
      (withoutStrings(text).match(/"(?:[^"]|"")+"|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/g) ?? [])
        .map((word) => word.replace(/^"(.*)"$/s, '$1'))
        .filter((word, at, all) => Buffer.byteLength(word) > 63 && all.indexOf(word) === at)
        .map((word) => ({ message: `${word} has ${Buffer.byteLength(word)} bytes` })),
    bad: [`CREATE INDEX CONCURRENTLY idx_${'very_'.repeat(12)}long ON app.orders (note)`],
    good: ['CREATE TABLE app.short (id bigint PRIMARY KEY)'],
  }),
];

const withoutStrings = (text: string) => text.replaceAll(/'(?:[^']|'')*'|\$(\w*)\$[\s\S]*?\$\1\$/g, "''");
