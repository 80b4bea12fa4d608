import { constraintName } from '../known/constraint-name.ts';
import { type Name, plainName } from '../name.ts';
import type { Action } from '../read/action.ts';
import { clausesOf } from '../read/clause.ts';
import { type RuleContext, rule } from '../rule.ts';
import { plain, safeForm } from '../safe.ts';
import { locksOf } from './locks-of.ts';
import { worksLong } from './works-long.ts';

export const lockRules = [
  rule({
    code: 'LINT_REFRESH_BLOCKS',
    hazards: [70],
    title: 'A materialized view is refreshed without CONCURRENTLY',
    why: 'Nobody can read it until the query is through.',
    instead: 'REFRESH … CONCURRENTLY; it needs a unique index over plain columns.',
    source: 'PostgreSQL manual, REFRESH MATERIALIZED VIEW',
    on: ['refresh'],
    find: ({ view, concurrently }, context) => {
      if (concurrently || !context.isOld(view)) return;
      const hasKey = context.catalog.indexesOf(view).some(({ unique, partial }) => unique && !partial);
      const text = clausesOf(context.statement.text).withAfter('VIEW', 'CONCURRENTLY');
      const safe = hasKey ? safeForm(context, plain(text)) : undefined;
      return { message: `nobody can read ${plainName(view)} while it is computed`, safe };
    },
    bad: ['REFRESH MATERIALIZED VIEW app.order_totals'],
    good: ['REFRESH MATERIALIZED VIEW CONCURRENTLY app.order_totals'],
  }),
  rule({
    code: 'LINT_LOCK_TABLE',
    hazards: [70],
    title: 'LOCK TABLE in a migration',
    why: 'It waits in the queue and makes everybody else wait behind it, until the transaction ends.',
    instead: 'Leave it out: the engine takes the locks that a file needs, briefly and together.',
    source: 'PostgreSQL manual, LOCK; "Explicit Locking"',
    on: ['lock-table'],
    find: ({ tables, mode }, { isOld }) =>
      mode >= 5
        ? tables.filter(isOld).map((table) => ({ message: `${plainName(table)} is locked until the end` }))
        : undefined,
    bad: ['LOCK TABLE app.orders IN ACCESS EXCLUSIVE MODE'],
    good: ['LOCK TABLE app.orders IN ROW SHARE MODE'],
  }),
  rule({
    code: 'LINT_NO_LOCK_TIMEOUT',
    severity: 'warning',
    runner: 'plain',
    hazards: [55],
    title: 'A strong lock without lock_timeout',
    why: 'Behind one long query the statement waits for its lock, and everybody who comes later waits behind it.',
    instead: 'SET lock_timeout to some hundred milliseconds first, and try again when it ends that way.',
    source: 'PostgreSQL manual, lock_timeout; "Explicit Locking"',
    on: [
      'add-column',
      'drop-column',
      'change-type',
      'set-not-null',
      'drop-not-null',
      'set-default',
      'add-constraint',
      'drop-constraint',
      'alter-table',
      'attach',
      'detach',
      'rename',
    ],
    find: (action, context) => {
      const isBounded = (setting: string, value: string) => setting === 'lock_timeout' && !/^0\D*$/.test(value);
      if (action.does === 'detach' && action.concurrently) return;
      const table = action.does === 'rename' ? action.object : action.table;
      if (context.all.some(({ action: other }) => other.does === 'set' && isBounded(other.setting, other.value)))
        return;
      const modes = locksOf(context.statement).filter(({ mode }) => mode !== 'SHARE UPDATE EXCLUSIVE');
      const first = context.all.find(({ statement }) => locksOf(statement).some(({ name }) => name === table.name));
      if (!context.isOld(table) || modes.length === 0 || first?.statement !== context.statement) return;
      return {
        message: `it waits for its lock on ${plainName(table)} without end`,
        safe: `SET lock_timeout = '500ms';\n${context.statement.text};`,
      };
    },
    bad: [{ sql: 'ALTER TABLE app.orders ADD COLUMN channel text', runner: 'plain' }],
    good: [
      { sql: "SET lock_timeout = '2s'; ALTER TABLE app.orders ADD COLUMN channel text", runner: 'plain' },
      'ALTER TABLE app.orders ADD COLUMN channel text',
    ],
  }),
  rule({
    code: 'LINT_WORK_UNDER_LOCK',
    hazards: [56],
    title: 'Long work behind a strong lock in one transaction',
    why: 'The lock is held until the transaction ends: what takes long behind it keeps everybody waiting.',
    instead: 'Put the long work into a migration of its own.',
    source: 'PostgreSQL manual, "Explicit Locking"',
    on: ['refresh', 'create-table-as', 'change-rows', 'validate'],
    find: (action, context) => {
      if (!context.inTransaction || !worksLong(action, context)) return;
      if (isOwnCase(action, context)) return;
      const shut = firstShut(context);
      return shut === null ? undefined : { message: `nobody can use ${plainName(shut)} until this is through` };
    },
    bad: [
      'ALTER TABLE app.users ADD COLUMN tag text; REFRESH MATERIALIZED VIEW CONCURRENTLY app.order_totals',
      'ALTER TABLE app.users ADD COLUMN tag text; CREATE TABLE app.copy AS SELECT * FROM app.orders',
    ],
    good: [
      'REFRESH MATERIALIZED VIEW CONCURRENTLY app.order_totals',
      {
        sql: 'ALTER TABLE app.users ADD COLUMN tag text; REFRESH MATERIALIZED VIEW CONCURRENTLY app.order_totals',
        noTransaction: true,
      },
    ],
  }),
  rule({
    code: 'LINT_TRANSACTION_CONTROL',
    hazards: [58],
    title: 'BEGIN or COMMIT that does not close, or that belongs to somebody else',
    why: 'A COMMIT in a file that is run in a transaction ends that one: what follows is not undone when it fails.',
    instead: 'One owner of the transaction. The engine opens and closes it; elsewhere BEGIN once and COMMIT once.',
    source: 'PostgreSQL manual, BEGIN, COMMIT',
    on: ['transaction'],
    find: ({ kind }, context) => {
      if (kind.includes('savepoint') || kind === 'rollback_to' || kind === 'release') return;
      if (context.file.runner === 'engine') return { message: `${kind.toUpperCase()} belongs to the engine` };
      const opens = kind === 'begin' || kind === 'start';
      const kinds = context.all.flatMap(({ action, statement }) =>
        action.does === 'transaction' && !/savepoint|release|rollback_to/.test(action.kind)
          ? [{ kind: action.kind, statement }]
          : [],
      );
      const at = kinds.findIndex(({ statement }) => statement === context.statement);
      const isBegin = (index: number) => ['begin', 'start'].includes(kinds[index]?.kind ?? '');
      if (opens && (kinds[at + 1] === undefined || isBegin(at + 1)))
        return {
          message: kinds[at + 1] === undefined ? 'the transaction is never committed' : 'a transaction is open already',
        };
      return !opens && !isBegin(at - 1)
        ? { message: `${kind.toUpperCase()} ends a transaction that this file did not begin` }
        : undefined;
    },
    bad: [
      'BEGIN; CREATE TABLE app.x (id bigint PRIMARY KEY); COMMIT',
      { sql: 'BEGIN; CREATE TABLE app.x (id bigint PRIMARY KEY)', runner: 'plain' },
    ],
    good: [{ sql: 'BEGIN; CREATE TABLE app.x (id bigint PRIMARY KEY); COMMIT', runner: 'plain' }],
  }),
];

/** The first table of before that a statement of the transaction keeps everybody from using. NULL: none does. */
function firstShut({ before, isOld }: RuleContext): Name | null {
  for (const { statement } of before)
    for (const { of, mode, schema, name } of locksOf(statement))
      if (of === 'relation' && mode === 'ACCESS EXCLUSIVE' && isOld({ schema, name })) return { schema, name };
  return null;
}

/** Rules of their own look at these: LINT_VALIDATED_TOGETHER, LINT_ROWS_WITH_DDL. */
function isOwnCase(action: Action, { before }: RuleContext): boolean {
  if (action.does !== 'validate' && action.does !== 'change-rows') return false;
  return before.some(({ action: other, statement }) =>
    action.does === 'validate'
      ? other.does === 'add-constraint' && constraintName(other.table, other.constraint) === action.constraint
      : locksOf(statement).some(({ name }) => name === action.table.name),
  );
}
