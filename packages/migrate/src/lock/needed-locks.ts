import type { SqlNode, Statement } from '../sql/parse.ts';
import { type LockMode, stronger } from './lock-modes.ts';

/** A lock that a statement will take on what it names. */
export interface NamedLock {
  /** `relation`: a table; `index`: the table of that index; `dependents`: also every table that a foreign key of it points to. */
  readonly of: 'relation' | 'index' | 'dependents';
  readonly schema: string | null;
  readonly name: string;
  readonly mode: LockMode;
}

/** The strong locks that statements take on tables that they name, strongest mode per name. Reads and row locks are left out:
 *  they stand in nobody's way. What cannot be locked by LOCK TABLE (views, sequences, types) is left to the statement itself.
 *  Source: PostgreSQL manual, "Explicit Locking", and the notes of each command. Pure. */
export function neededLocks(statements: readonly Statement[]): readonly NamedLock[] {
  const strongest = new Map<string, NamedLock>();
  for (const lock of statements.flatMap(locksOf)) {
    const key = JSON.stringify([lock.of, lock.schema, lock.name]);
    const known = strongest.get(key);
    strongest.set(key, known === undefined ? lock : { ...known, mode: stronger(known.mode, lock.mode) });
  }
  return [...strongest.values()];
}

function locksOf(statement: Statement): readonly NamedLock[] {
  const { kind, node } = statement;
  switch (kind) {
    case 'AlterTableStmt':
      return node['objtype'] === 'OBJECT_TABLE' ? alterTable(node) : [];
    case 'CreateStmt':
      return [
        ...parents(node),
        ...ranges(
          node['inhRelations'],
          node['partbound'] === undefined ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE',
        ),
      ];
    case 'IndexStmt':
      return node['concurrent'] === true ? [] : range(node['relation'], 'SHARE');
    case 'CreateTrigStmt':
      return [...range(node['relation'], 'SHARE ROW EXCLUSIVE'), ...range(node['constrrel'], 'SHARE ROW EXCLUSIVE')];
    case 'CreatePolicyStmt':
    case 'AlterPolicyStmt':
      return range(node['table'], 'ACCESS EXCLUSIVE');
    case 'RuleStmt':
    case 'ClusterStmt':
    case 'ReindexStmt':
      return node['kind'] === 'REINDEX_OBJECT_INDEX' ? [] : range(node['relation'], 'ACCESS EXCLUSIVE');
    case 'TruncateStmt':
      return ranges(node['relations'], 'ACCESS EXCLUSIVE');
    case 'CreateStatsStmt':
      return ranges(node['relations'], 'SHARE UPDATE EXCLUSIVE');
    case 'RenameStmt':
      return ON_TABLE.has(String(node['relationType'])) || ON_TABLE.has(String(node['renameType']))
        ? range(node['relation'], 'ACCESS EXCLUSIVE')
        : [];
    case 'AlterObjectSchemaStmt':
      return node['objectType'] === 'OBJECT_TABLE' ? range(node['relation'], 'ACCESS EXCLUSIVE') : [];
    case 'CommentStmt':
      return comment(node);
    case 'DropStmt':
      return drop(node);
    default:
      return [];
  }
}

const ON_TABLE = new Set(['OBJECT_TABLE']);

/** ALTER TABLE forms that let reads and writes go on. */
const LIGHT = new Set([
  'AT_ValidateConstraint',
  'AT_SetStatistics',
  'AT_SetRelOptions',
  'AT_ResetRelOptions',
  'AT_ClusterOn',
  'AT_DropCluster',
  'AT_SetOptions',
  'AT_ResetOptions',
]);

function alterTable(node: SqlNode): readonly NamedLock[] {
  const commands = list(node['cmds']).map((item) => item['AlterTableCmd'] as SqlNode);
  const own = commands.map((command) => commandMode(command)).reduce(stronger, 'SHARE UPDATE EXCLUSIVE');
  const drops = commands.some(({ subtype }) => subtype === 'AT_DropConstraint' || subtype === 'AT_DropColumn');
  const partitions = commands.flatMap(({ def }) =>
    range(((def as SqlNode | undefined)?.['PartitionCmd'] as SqlNode | undefined)?.['name'], 'ACCESS EXCLUSIVE'),
  );
  return [
    ...range(node['relation'], own),
    ...(drops
      ? range(node['relation'], 'ACCESS EXCLUSIVE').map((lock) => ({ ...lock, of: 'dependents' as const }))
      : []),
    ...parents({ cmds: node['cmds'] }),
    ...partitions,
  ];
}

function commandMode({ subtype, def }: SqlNode): LockMode {
  if (LIGHT.has(String(subtype))) return 'SHARE UPDATE EXCLUSIVE';
  const constraint = (def as SqlNode | undefined)?.['Constraint'] as SqlNode | undefined;
  return subtype === 'AT_AddConstraint' && constraint?.['contype'] === 'CONSTR_FOREIGN'
    ? 'SHARE ROW EXCLUSIVE'
    : 'ACCESS EXCLUSIVE';
}

/** The tables that foreign keys inside a node point to: a new key puts triggers on its parent. */
function parents(value: unknown): readonly NamedLock[] {
  if (Array.isArray(value)) return value.flatMap(parents);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === 'pktable' ? range(child, 'SHARE ROW EXCLUSIVE') : parents(child),
  );
}

function comment(node: SqlNode): readonly NamedLock[] {
  const names = nameList(node['object']);
  const onTable = { OBJECT_TABLE: 2, OBJECT_COLUMN: 3 }[String(node['objtype'])];
  if (onTable === undefined || names.length < 1) return [];
  const path = names.slice(0, names.length - (onTable - 2));
  return [named('relation', path, 'SHARE UPDATE EXCLUSIVE')];
}

function drop(node: SqlNode): readonly NamedLock[] {
  const paths = list(node['objects']).map((item) => nameList(item));
  switch (node['removeType']) {
    case 'OBJECT_TABLE':
      return paths.map((path) => named('dependents', path, 'ACCESS EXCLUSIVE'));
    case 'OBJECT_INDEX':
      return node['concurrent'] === true ? [] : paths.map((path) => named('index', path, 'ACCESS EXCLUSIVE'));
    case 'OBJECT_TRIGGER':
    case 'OBJECT_POLICY':
    case 'OBJECT_RULE':
      return paths.map((path) => named('relation', path.slice(0, -1), 'ACCESS EXCLUSIVE'));
    default:
      return [];
  }
}

function range(value: unknown, mode: LockMode): readonly NamedLock[] {
  const node = (typeof value === 'object' && value !== null && 'RangeVar' in value ? value.RangeVar : value) as
    | SqlNode
    | undefined;
  if (typeof node?.['relname'] !== 'string') return [];
  const schema = node['schemaname'];
  return [{ of: 'relation', schema: typeof schema === 'string' ? schema : null, name: node['relname'], mode }];
}

function ranges(value: unknown, mode: LockMode): readonly NamedLock[] {
  return list(value).flatMap((item) => range(item, mode));
}

function named(of: NamedLock['of'], path: readonly string[], mode: LockMode): NamedLock {
  return { of, schema: path.length > 1 ? (path.at(-2) ?? null) : null, name: path.at(-1) ?? '', mode };
}

function list(value: unknown): readonly SqlNode[] {
  return Array.isArray(value) ? value : [];
}

/** The words of a qualified name, `List` of `String`s. */
function nameList(value: unknown): readonly string[] {
  const items = ((value as SqlNode | undefined)?.['List'] as SqlNode | undefined)?.['items'];
  return list(items).map((item) => String((item['String'] as SqlNode | undefined)?.['sval'] ?? ''));
}
