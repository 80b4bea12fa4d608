import { quoteIdentifier } from '../../objects/quote.ts';
import type { Catalog, KnownIndex } from '../known/catalog.ts';
import { keyOf, type Name, plainName, quoted, show } from '../name.ts';
import type { ActionOf } from '../read/action.ts';
import { clausesOf } from '../read/clause.ts';
import { type RuleContext, rule } from '../rule.ts';
import { alone, plain, safeForm } from '../safe.ts';

const MANUAL = 'PostgreSQL manual, CREATE INDEX, "Building Indexes Concurrently"';

export const indexRules = [
  rule({
    code: 'LINT_INDEX_BLOCKS',
    hazards: [1],
    title: 'An index is built without CONCURRENTLY',
    why: 'CREATE INDEX holds a SHARE lock until the build ends: nobody can write to the table, for minutes on a big one.',
    instead: 'Build it with CONCURRENTLY, in a migration of its own outside a transaction.',
    source: MANUAL,
    on: ['create-index'],
    find: (action, context) => {
      const table = context.catalog.table(action.table);
      if (action.concurrently || action.only || !context.isOld(action.table) || table?.partitioned === true) return;
      return {
        message: `${indexName(action)} is built while nobody can write to ${plainName(action.table)}`,
        safe: safeForm(context, alone(concurrently(action, context.statement.text))),
      };
    },
    bad: [
      'CREATE INDEX idx_orders_note ON app.orders (note)',
      'CREATE UNIQUE INDEX idx_orders_key ON app.orders (user_id, id) WHERE note IS NOT NULL',
      'CREATE INDEX IF NOT EXISTS idx_orders_note ON app.orders (note)',
      'CREATE INDEX ON app.orders (lower(note))',
    ],
    good: [
      { sql: 'CREATE INDEX CONCURRENTLY idx_orders_note ON app.orders (note)', noTransaction: true },
      'CREATE TABLE app.notes (id bigint PRIMARY KEY, body text); CREATE INDEX idx_notes_body ON app.notes (body)',
    ],
  }),
  rule({
    code: 'LINT_INDEX_DROP_BLOCKS',
    hazards: [2],
    title: 'An index is dropped without CONCURRENTLY',
    why: 'DROP INDEX takes an ACCESS EXCLUSIVE lock on the table: it waits for every running query, and all others wait behind it.',
    instead: 'Drop it with CONCURRENTLY, in a migration of its own outside a transaction.',
    source: 'PostgreSQL manual, DROP INDEX, CONCURRENTLY',
    on: ['drop'],
    find: (action, context) => {
      if (action.kind !== 'index' || action.concurrently) return;
      const old = action.names.filter((name) => isOldIndex(name, context) && constraintOf(name, context) === undefined);
      return old.map((name) => ({
        message: `dropping ${plainName(name)} stops reads and writes of its table while it waits for its lock`,
        safe: partitionedIndex(name, context)
          ? undefined
          : safeForm(context, alone(`DROP INDEX CONCURRENTLY ${action.ifExists ? 'IF EXISTS ' : ''}${show(name)}`)),
      }));
    },
    bad: ['DROP INDEX app.idx_orders_status', 'DROP INDEX IF EXISTS app.idx_orders_user, app.idx_orders_status'],
    good: [{ sql: 'DROP INDEX CONCURRENTLY app.idx_orders_status', noTransaction: true }],
  }),
  rule({
    code: 'LINT_REINDEX_BLOCKS',
    hazards: [3],
    title: 'An index is rebuilt without CONCURRENTLY',
    why: 'REINDEX stops writes to the table and every read that would use the index until the build ends.',
    instead: 'REINDEX … CONCURRENTLY, outside a transaction.',
    source: 'PostgreSQL manual, REINDEX, "Rebuilding Indexes Concurrently"',
    on: ['reindex'],
    find: (action, context) => {
      if (action.concurrently || action.what === 'system') return;
      const named = action.object.name === '' ? 'the whole database' : plainName(action.object);
      const text = clausesOf(context.statement.text).withAfter(action.what.toUpperCase(), 'CONCURRENTLY');
      return { message: `rebuilding ${named} blocks whoever uses it`, safe: safeForm(context, alone(text)) };
    },
    bad: ['REINDEX INDEX app.idx_orders_user', 'REINDEX TABLE app.orders'],
    good: [{ sql: 'REINDEX INDEX CONCURRENTLY app.idx_orders_user', noTransaction: true }],
  }),
  rule({
    code: 'LINT_CONCURRENTLY_IN_TRANSACTION',
    hazards: [4],
    title: 'CONCURRENTLY in a transaction',
    why: 'PostgreSQL refuses it: the migration fails when it runs.',
    instead: 'Give it a migration of its own, outside a transaction.',
    source: 'PostgreSQL manual, CREATE INDEX and DROP INDEX, notes on CONCURRENTLY',
    on: ['create-index', 'drop', 'reindex', 'detach'],
    find: (action, context) => {
      if (!action.concurrently || !context.inTransaction) return;
      const safe = safeForm(context, alone(context.statement.text));
      return { message: 'it cannot run inside a transaction', safe };
    },
    bad: [
      'CREATE INDEX CONCURRENTLY idx_orders_note ON app.orders (note)',
      { sql: 'BEGIN; DROP INDEX CONCURRENTLY app.idx_orders_user; COMMIT', runner: 'plain' },
    ],
    good: [
      { sql: 'CREATE INDEX CONCURRENTLY idx_orders_note ON app.orders (note)', noTransaction: true },
      { sql: 'CREATE INDEX CONCURRENTLY idx_orders_note ON app.orders (note)', runner: 'plain' },
    ],
  }),
  rule({
    code: 'LINT_INDEX_DROPPED',
    severity: 'warning',
    hazards: [5],
    title: 'An index goes that a query may need',
    why: 'Queries that used it read the whole table from then on, and its build takes long to bring back.',
    instead: 'Look at idx_scan in pg_stat_user_indexes of every server, standbys too, over some days; then allow it.',
    source: 'PostgreSQL manual, "The Cumulative Statistics System", pg_stat_all_indexes',
    on: ['drop'],
    find: (action, context) => {
      if (action.kind !== 'index') return;
      return action.names.flatMap((name) => {
        const index = context.catalog.index(name);
        if (!isOldIndex(name, context) || constraintOf(name, context) !== undefined) return [];
        if (index !== undefined && isCovered(index, context.final)) return [];
        return [{ message: `${plainName(name)} goes; nothing that stays begins with its columns` }];
      });
    },
    bad: [{ sql: 'DROP INDEX CONCURRENTLY app.idx_orders_status', noTransaction: true }],
    good: [
      {
        given: 'CREATE INDEX idx_orders_user_placed ON app.orders (user_id, placed_at)',
        sql: 'DROP INDEX CONCURRENTLY app.idx_orders_user',
        noTransaction: true,
      },
    ],
  }),
  rule({
    code: 'LINT_INDEX_ON_PARTITIONED',
    hazards: [6],
    title: 'An index on a partitioned table',
    why: 'It is built on every partition at once, with all of them locked; CONCURRENTLY is refused there.',
    instead: 'Create it ON ONLY the parent, build it on each partition concurrently, attach each.',
    source: 'PostgreSQL manual, "Table Partitioning", "Partition Maintenance"',
    on: ['create-index'],
    find: (action, context) => {
      const table = context.catalog.table(action.table);
      if (table?.partitioned !== true || action.only || !context.isOld(action.table)) return;
      return {
        message: `${indexName(action)} locks every partition of ${plainName(action.table)} until all are built`,
        safe: partitionwise(action, context),
      };
    },
    bad: [
      'CREATE INDEX idx_events_kind ON app.events (kind)',
      { sql: 'CREATE INDEX CONCURRENTLY idx_events_kind ON app.events (kind)', noTransaction: true },
    ],
    good: ['CREATE INDEX idx_events_kind ON ONLY app.events (kind)'],
  }),
  rule({
    code: 'LINT_INDEX_WIDE',
    severity: 'warning',
    hazards: [7],
    title: 'An index over more than three columns that is not unique',
    why: 'Each column makes it larger and every write dearer; the columns behind the second one seldom narrow a search.',
    instead: 'Index the columns that the query compares for equality, and put what it only reads into INCLUDE.',
    source: 'PostgreSQL manual, "Multicolumn Indexes"',
    on: ['create-index'],
    find: (action) => {
      if (action.unique || action.columns.length <= 3 || action.method !== 'btree') return;
      return { message: `${indexName(action)} has ${action.columns.length} columns` };
    },
    bad: [{ sql: 'CREATE INDEX CONCURRENTLY i ON app.orders (user_id, status, placed_at, note)', noTransaction: true }],
    good: [
      {
        sql: 'CREATE INDEX CONCURRENTLY i ON app.orders (user_id, status) INCLUDE (placed_at, note)',
        noTransaction: true,
      },
      { sql: 'CREATE UNIQUE INDEX CONCURRENTLY i ON app.orders (id, user_id, status, placed_at)', noTransaction: true },
    ],
  }),
  rule({
    code: 'LINT_INDEX_IF_NOT_EXISTS',
    hazards: [63],
    title: 'CREATE INDEX CONCURRENTLY IF NOT EXISTS',
    why: 'A build that was cut leaves an INVALID index. The next run finds its name taken, says that all is well, and no query ever uses it.',
    instead: 'Leave IF NOT EXISTS out. The engine drops an INVALID index and builds again; elsewhere drop it first.',
    source: 'PostgreSQL manual, CREATE INDEX, "Building Indexes Concurrently", on invalid indexes',
    on: ['create-index'],
    find: (action, context) => {
      if (!action.concurrently || !action.ifNotExists || action.index === null) return;
      const dropped = `DROP INDEX CONCURRENTLY IF EXISTS ${show(action.index)}`;
      const build = concurrently(action, context.statement.text);
      return {
        message: `where a build of ${indexName(action)} was cut, this calls the broken index good`,
        safe: safeForm(context, context.file.runner === 'engine' ? alone(build) : alone(dropped, build)),
      };
    },
    bad: [{ sql: 'CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON app.orders (note)', noTransaction: true }],
    good: [{ sql: 'CREATE INDEX CONCURRENTLY i ON app.orders (note)', noTransaction: true }],
  }),
  rule({
    code: 'LINT_CONSTRAINT_INDEX_DROPPED',
    hazards: [68],
    title: 'DROP INDEX on the index of a constraint',
    why: 'PostgreSQL refuses it: a primary key or a unique constraint needs its index.',
    instead: 'Drop the constraint; its index goes with it.',
    source: 'PostgreSQL manual, DROP INDEX; "Dependency Tracking"',
    on: ['drop'],
    find: (action, context) => {
      if (action.kind !== 'index') return;
      return action.names.flatMap((name) => {
        const table = constraintOf(name, context);
        if (table === undefined) return [];
        const safe = safeForm(
          context,
          plain(`ALTER TABLE ${show(table)} DROP CONSTRAINT ${quoteIdentifier(name.name)}`),
        );
        return [{ message: `${plainName(name)} belongs to a constraint of ${plainName(table)}`, safe }];
      });
    },
    bad: ['DROP INDEX app.orders_pkey'],
    good: ['ALTER TABLE app.orders DROP CONSTRAINT orders_pkey'],
  }),
  rule({
    code: 'LINT_UNIQUE_ON_ROWS',
    severity: 'warning',
    runner: 'plain',
    hazards: [13],
    title: 'A unique index on a table that may hold duplicates',
    why: 'The build fails at the first duplicate, after it has read the whole table; concurrently it leaves an INVALID index that refuses inserts.',
    instead: 'Ask for duplicates first. ',
    source: 'PostgreSQL manual, CREATE INDEX, "Building Indexes Concurrently"',
    on: ['create-index'],
    find: (action, context) => {
      const columns = action.columns.filter((column) => column !== null);
      if (!action.unique || !context.isOld(action.table) || columns.length < action.columns.length) return;
      const safe = `-- must give no row\nSELECT ${quoted(columns)}, count(*) FROM ${show(action.table)} GROUP BY ${quoted(columns)} HAVING count(*) > 1;`;
      return { message: `it fails where ${plainName(action.table)} has duplicates of ${columns.join(', ')}`, safe };
    },
    bad: [{ sql: 'CREATE UNIQUE INDEX CONCURRENTLY i ON app.orders (note)', runner: 'plain' }],
    good: [
      { sql: 'CREATE INDEX CONCURRENTLY i ON app.orders (note)', runner: 'plain' },
      {
        sql: 'CREATE TABLE app.x (id bigint PRIMARY KEY, a text); CREATE UNIQUE INDEX i ON app.x (a)',
        runner: 'plain',
      },
    ],
  }),
];

function indexName({ index, columns }: ActionOf<'create-index'>): string {
  return index === null
    ? `the index on (${columns.map((column) => column ?? '…').join(', ')})`
    : plainName({ ...index, schema: null });
}

/** The same statement with CONCURRENTLY, with a name, and without IF NOT EXISTS. */
function concurrently(action: ActionOf<'create-index'>, text: string): string {
  const name = `idx_${action.table.name}_${action.columns.map((column) => column ?? 'expression').join('_')}`;
  const named = action.index === null ? `CONCURRENTLY ${quoteIdentifier(name.slice(0, 63))}` : 'CONCURRENTLY';
  const online = action.concurrently ? text : clausesOf(text).withAfter('INDEX', named);
  return online.replace(/^(create\s+(?:unique\s+)?index\s+concurrently)\s+if\s+not\s+exists/i, '$1');
}

/** Also where nothing is known of it. */
function isOldIndex(name: Name, { catalog, isOld, all }: RuleContext): boolean {
  const index = catalog.index(name);
  if (index !== undefined) return isOld(index.table);
  return !all.some(
    ({ action }) => action.does === 'create-index' && action.index !== null && action.index.name === name.name,
  );
}

/** The table with the constraint that an index belongs to. */
function constraintOf(name: Name, { catalog }: RuleContext): Name | undefined {
  const index = catalog.index(name);
  if (index === undefined) return undefined;
  const constraint = catalog.constraint(index.table, name.name);
  return constraint?.kind === 'primary' || constraint?.kind === 'unique' ? index.table : undefined;
}

function partitionedIndex(name: Name, { catalog }: RuleContext): boolean {
  const index = catalog.index(name);
  return index !== undefined && catalog.table(index.table)?.partitioned === true;
}

/** True where another index that stays begins with the same columns. */
function isCovered(index: KnownIndex, final: Catalog): boolean {
  return final.indexesOf(index.table).some((other) => {
    if (keyOf(other.name) === keyOf(index.name)) return true;
    const begins = index.columns.every((column, at) => column !== null && other.columns[at] === column);
    return (
      begins && other.method === index.method && (!other.partial || index.partial) && (other.unique || !index.unique)
    );
  });
}

function partitionwise(action: ActionOf<'create-index'>, context: RuleContext): string | undefined {
  const partitions = context.catalog.partitionsOf(action.table);
  if (action.index === null || action.columns.includes(null) || action.partial) return undefined;
  const { index } = action;
  const key = `USING ${action.method} (${quoted(action.columns.flatMap((column) => column ?? []))})`;
  const kind = action.unique ? 'CREATE UNIQUE INDEX' : 'CREATE INDEX';
  const own = (partition: Name) => ({ schema: index.schema, name: `${partition.name}_${index.name}`.slice(0, 63) });
  return safeForm(
    context,
    plain(`${kind} ${quoteIdentifier(index.name)} ON ONLY ${show(action.table)} ${key}`),
    alone(
      ...partitions.map(
        ({ name }) => `${kind} CONCURRENTLY ${quoteIdentifier(own(name).name)} ON ${show(name)} ${key}`,
      ),
    ),
    plain(...partitions.map(({ name }) => `ALTER INDEX ${show(index)} ATTACH PARTITION ${show(own(name))}`)),
  );
}
