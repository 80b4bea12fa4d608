import type { ParsedMigration } from '../files/parse-migration.ts';
import { keyOf, relationName } from '../online/relation-name.ts';
import { typeChange } from '../online/retype/type-change.ts';
import { splitAlter } from '../online/split-alter.ts';
import { type SqlNode, type Statement, wholeNode } from '../sql/parse.ts';
import { touchedObjects } from '../sql/touches.ts';
import { type Known, type Made, requirementsOf } from './of-statement.ts';
import type { PendingRequirement, Requirement } from './requirement.ts';

/** A migration that is to be applied, as far as it may ask something of the rows. */
export interface PendingFile extends Pick<ParsedMigration, 'name' | 'path' | 'sql' | 'statements'> {
  readonly header: Pick<ParsedMigration['header'], 'afterBackfill'>;
}

/** What pending migrations ask of the rows that are there, in their order, each once. A table that they make themselves is left out; so
 *  is what a statement of the same migration changes before, for its rows cannot be seen. Pure; the grammar must be loaded. */
export function findRequirements(pending: readonly PendingFile[], known: Known): readonly PendingRequirement[] {
  const made: Made = { enums: new Map(), columns: new Map(), notValid: new Map() };
  const created = new Set<string>();
  /** What was changed, and by which migration last: `table`, `table column`, or `*`. */
  const changed = new Map<string, string>();
  const found = new Map<string, PendingRequirement>();
  for (const migration of pending) {
    // A backfill may change anything; it runs before the migration.
    if (migration.header.afterBackfill.length > 0) changed.set('*', `before ${migration.name}`);
    for (const statement of migration.statements) {
      const requirements = isOnCreated(statement, created) ? [] : requirementsOf(statement, made, known);
      for (const requirement of requirements) {
        const { table, condition } = requirement;
        const by = changersOf(requirement, changed);
        const key = `${keyOf(table)} ${condition}`;
        if (created.has(keyOf(table)) || by.has(migration.name) || found.has(key)) continue;
        const at = `${migration.path}:${statement.line}`;
        found.set(key, { ...requirement, migration: migration.name, at, when: by.size === 0 ? 'start' : 'turn' });
      }
      for (const name of createdBy(statement)) created.add(name);
      for (const name of changedBy(statement)) changed.set(name, migration.name);
    }
  }
  return [...found.values()];
}

/** Nothing to ask, and nothing to take apart: a new database is made of such statements. */
function isOnCreated({ kind, node }: Statement, created: ReadonlySet<string>): boolean {
  return (kind === 'AlterTableStmt' || kind === 'IndexStmt') && created.has(keyOf(relationName(node['relation'])));
}

function changersOf({ kind, reads }: Requirement, changed: ReadonlyMap<string, string>): ReadonlySet<string> {
  const columns = reads.flatMap((read) => (kind === 'enum value' ? [read] : [read, asText(read)]));
  const names = [...columns, ...reads.map((read) => read.slice(0, read.lastIndexOf(' ')))];
  return new Set(['*', ...names].flatMap((name) => changed.get(name) ?? []));
}

function createdBy({ kind, node }: Statement): readonly string[] {
  if (kind === 'CreateStmt') return [keyOf(relationName(node['relation']))];
  const into = node['into'] as { readonly rel?: unknown } | undefined;
  return kind === 'CreateTableAsStmt' && into?.rel !== undefined ? [keyOf(relationName(into.rel))] : [];
}

/** Statements that leave the rows of every table, and the names of their columns, as they are. */
const HARMLESS = new Set([
  'AlterEnumStmt',
  'AlterSeqStmt',
  'CommentStmt',
  'CreateEnumStmt',
  'CreateFunctionStmt',
  'CreatePolicyStmt',
  'CreateSchemaStmt',
  'CreateSeqStmt',
  'CreateStatsStmt',
  'CreateStmt',
  'CreateTableAsStmt',
  'CreateTrigStmt',
  'DropStmt',
  'GrantStmt',
  'IndexStmt',
  'RefreshMatViewStmt',
  'ReindexStmt',
  'VacuumStmt',
  'ViewStmt',
]);

/** `table`, `table column` or `*`: what has other rows, or other names, behind the statement. */
function changedBy(statement: Statement): readonly string[] {
  const { kind, node } = statement;
  if (HARMLESS.has(kind)) return [];
  switch (kind) {
    case 'UpdateStmt': {
      const update = wholeNode(statement);
      const targets = update['targetList'] as readonly { readonly ResTarget: SqlNode }[];
      return targets.map(({ ResTarget }) => `${keyOf(relationName(update['relation']))} ${String(ResTarget['name'])}`);
    }
    case 'AlterTableStmt':
      return changedColumns(statement);
    case 'RenameStmt':
      return node['relation'] === undefined
        ? [...touchedObjects([statement])]
        : [keyOf(relationName(node['relation']))];
    case 'DeleteStmt':
    case 'InsertStmt':
    case 'TruncateStmt':
      return [...touchedObjects([statement])];
    default:
      return ['*'];
  }
}

/** A column whose values become texts: of an enum its values are asked as texts anyhow. */
const asText = (column: string) => `${column} as text`;

const OF_COLUMNS = new Set(['AT_AddColumn', 'AT_AlterColumnType', 'AT_DropColumn']);

function changedColumns(statement: Statement): readonly string[] {
  return splitAlter(statement).flatMap((action) => {
    const { subtype, node, table } = action;
    if (!OF_COLUMNS.has(subtype)) return [];
    const added = (node['def'] as { readonly ColumnDef?: SqlNode } | undefined)?.ColumnDef?.['colname'];
    const column = `${keyOf(table)} ${String(node['name'] ?? added)}`;
    const change = typeChange(action);
    return change?.to.base === 'text' && change.isPlainCast ? asText(column) : column;
  });
}
