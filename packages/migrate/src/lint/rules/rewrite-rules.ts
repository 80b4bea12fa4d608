import { quoteIdentifier } from '../../objects/quote.ts';
import { plainName, show } from '../name.ts';
import { rule } from '../rule.ts';
import { plain, safeForm } from '../safe.ts';

export const rewriteRules = [
  rule({
    code: 'LINT_TABLE_REWRITTEN',
    hazards: [38],
    title: 'VACUUM FULL or CLUSTER',
    why: 'The whole table is written anew under an ACCESS EXCLUSIVE lock.',
    instead: 'Plain VACUUM; where space must come back, pg_repack or pg_squeeze, by hand.',
    source: 'PostgreSQL manual, VACUUM, FULL; CLUSTER',
    on: ['vacuum', 'cluster'],
    find: (action) => {
      if (action.does === 'vacuum' && !action.full) return;
      const tables = action.does === 'vacuum' ? action.tables : [action.table];
      const named = tables.map(plainName).join(', ') || 'every table';
      return { message: `nobody can use ${named} while it is written anew` };
    },
    bad: [{ sql: 'VACUUM (FULL) app.orders', noTransaction: true }, 'CLUSTER app.orders USING orders_pkey'],
    good: [{ sql: 'VACUUM app.orders', noTransaction: true }],
  }),
  rule({
    code: 'LINT_STORAGE_REWRITES',
    hazards: [39],
    title: 'SET LOGGED, SET UNLOGGED or SET ACCESS METHOD',
    why: 'The whole table is written anew under an ACCESS EXCLUSIVE lock; an unlogged one is empty after a crash.',
    instead: 'Make a new table and move the rows.',
    source: 'PostgreSQL manual, ALTER TABLE, SET LOGGED, SET ACCESS METHOD',
    on: ['alter-table'],
    find: ({ table, part }, { isOld }) =>
      ['AT_SetLogged', 'AT_SetUnLogged', 'AT_SetAccessMethod'].includes(part) && isOld(table)
        ? { message: `${plainName(table)} is written anew while nobody can use it` }
        : undefined,
    bad: ['ALTER TABLE app.orders SET UNLOGGED', 'ALTER TABLE app.orders SET ACCESS METHOD heap'],
    good: ['CREATE UNLOGGED TABLE app.cache (key text PRIMARY KEY)'],
  }),
  rule({
    code: 'LINT_TABLESPACE',
    hazards: [70],
    title: 'A table is moved to another tablespace',
    why: 'It is copied whole under an ACCESS EXCLUSIVE lock.',
    instead: 'Indexes by REINDEX (CONCURRENTLY, TABLESPACE …); tables by pg_repack, by hand.',
    source: 'PostgreSQL manual, ALTER TABLE, SET TABLESPACE',
    on: ['alter-table'],
    find: ({ table, part, value }, { isOld }) =>
      part === 'AT_SetTableSpace' && isOld(table)
        ? { message: `${plainName(table)} is copied to ${value} while nobody can use it` }
        : undefined,
    bad: ['ALTER TABLE app.orders SET TABLESPACE fast'],
    good: ['CREATE TABLE app.x (a int) TABLESPACE pg_default'],
  }),
  rule({
    code: 'LINT_REWRITTEN_TWICE',
    severity: 'warning',
    hazards: [57],
    title: 'A table is rewritten or searched more than once',
    why: 'Each ALTER TABLE reads or writes the whole table again.',
    instead: 'One ALTER TABLE with all its parts goes through the table once.',
    source: 'PostgreSQL manual, ALTER TABLE, notes',
    on: ['change-type', 'set-not-null'],
    find: (action, context) => {
      const again = context.before.some(
        ({ action: other, statement }) =>
          (other.does === 'change-type' || other.does === 'set-not-null') &&
          statement !== context.statement &&
          other.table.name === action.table.name,
      );
      const proven = action.does === 'set-not-null' && context.catalog.isNotNull(action.table, action.column);
      return again && !proven && context.isOld(action.table)
        ? { message: `${plainName(action.table)} is gone through once more` }
        : undefined;
    },
    bad: [
      'ALTER TABLE app.orders ALTER COLUMN note TYPE jsonb USING note::jsonb; ALTER TABLE app.orders ALTER COLUMN total_cents TYPE bigint',
    ],
    good: [
      'ALTER TABLE app.orders ALTER COLUMN note TYPE jsonb USING note::jsonb, ALTER COLUMN total_cents TYPE bigint',
    ],
  }),
  rule({
    code: 'LINT_DOMAIN_VALIDATES',
    hazards: [20],
    title: 'A domain gets a constraint while its tables are locked',
    why: 'Every column of that domain, in every table, is read under lock.',
    instead: 'ADD CONSTRAINT … NOT VALID, and VALIDATE CONSTRAINT in the next migration.',
    source: 'PostgreSQL manual, ALTER DOMAIN',
    on: ['alter-domain'],
    find: ({ domain, part, constraint, validated }, context) => {
      if ((part !== 'constraint' && part !== 'not-null') || (part === 'constraint' && !validated)) return;
      const named = constraint === null ? undefined : quoteIdentifier(constraint);
      const text = `${context.statement.text} NOT VALID`;
      const safe =
        named === undefined || part === 'not-null'
          ? undefined
          : safeForm(context, plain(text), plain(`ALTER DOMAIN ${show(domain)} VALIDATE CONSTRAINT ${named}`));
      return { message: `every table with a column of ${plainName(domain)} is read under lock`, safe };
    },
    bad: ["ALTER DOMAIN app.slug ADD CONSTRAINT filled CHECK (VALUE <> '')", 'ALTER DOMAIN app.slug SET NOT NULL'],
    good: ["ALTER DOMAIN app.slug ADD CONSTRAINT filled CHECK (VALUE <> '') NOT VALID"],
  }),
];
