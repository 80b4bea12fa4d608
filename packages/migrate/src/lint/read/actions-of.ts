import { type SqlNode, type Statement, wholeTree } from '../../sql/parse.ts';
import type { Action } from './action.ts';
import { type Clauses, clausesOf } from './clause.ts';
import {
  readAlterDomain,
  readAlterEnum,
  readDomain,
  readDrop,
  readEnum,
  readExtension,
  readGrant,
  readIndex,
  readRename,
  readSetSchema,
} from './read-objects.ts';
import { readDo, readFunction, readPolicy, readTrigger } from './read-routine.ts';
import { readRows, readSelect, readSet } from './read-rows.ts';
import { readAlterTable, readCreateTable } from './read-table.ts';
import { at, itemsOf, optionOf, rangeOf, textOf } from './tree.ts';

/** What a statement does, part by part; pure, the grammar must be loaded. A statement that no rule knows is `other`. */
export function actionsOf(statement: Statement): readonly Action[] {
  const read = READERS[statement.kind];
  if (read === undefined) return [{ does: 'other', kind: statement.kind }];
  return read(wholeTree(statement), clausesOf(statement.text));
}

type Reader = (node: SqlNode, clauses: Clauses) => readonly Action[];

const READERS: Readonly<Record<string, Reader>> = {
  CreateStmt: readCreateTable,
  AlterTableStmt: readAlterTable,
  IndexStmt: readIndex,
  DropStmt: readDrop,
  RenameStmt: readRename,
  AlterObjectSchemaStmt: readSetSchema,
  CreateEnumStmt: readEnum,
  AlterEnumStmt: readAlterEnum,
  CreateDomainStmt: readDomain,
  AlterDomainStmt: readAlterDomain,
  UpdateStmt: (node) => readRows('update', node),
  DeleteStmt: (node) => readRows('delete', node),
  InsertStmt: (node) => readRows('insert', node),
  MergeStmt: (node) => readRows('merge', node),
  SelectStmt: readSelect,
  VariableSetStmt: readSet,
  CreateFunctionStmt: readFunction,
  DoStmt: readDo,
  CreateTrigStmt: readTrigger,
  CreatePolicyStmt: readPolicy,
  GrantStmt: readGrant,
  AlterExtensionStmt: readExtension,
  AlterDefaultPrivilegesStmt: (node) =>
    readGrant(at(node, 'action')).map((action) =>
      action.does === 'grant' ? { ...action, on: 'what is made later' } : action,
    ),
  DropOwnedStmt: (node) => [
    dropped(
      'all that is owned by',
      itemsOf(node['roles'])
        .map((item) => textOf(at(item, 'RoleSpec')['rolename']))
        .join(', '),
    ),
  ],
  DropdbStmt: (node) => [dropped('database', textOf(node['dbname']))],
  TruncateStmt: (node) => [
    {
      does: 'truncate',
      tables: itemsOf(node['relations']).map(rangeOf),
      cascade: node['behavior'] === 'DROP_CASCADE',
    },
  ],
  RefreshMatViewStmt: (node) => [
    { does: 'refresh', view: rangeOf(node['relation']), concurrently: node['concurrent'] === true },
  ],
  ReindexStmt: (node) => [
    {
      does: 'reindex',
      what: textOf(node['kind']).replace('REINDEX_OBJECT_', '').toLowerCase(),
      object: rangeOf(node['relation']),
      concurrently: optionOf(node['params'], 'concurrently') !== undefined,
    },
  ],
  VacuumStmt: (node) => [
    {
      does: 'vacuum',
      full: optionOf(node['options'], 'full') !== undefined,
      tables: itemsOf(node['rels']).map((item) => rangeOf(at(item, 'VacuumRelation')['relation'])),
    },
  ],
  ClusterStmt: (node) => [{ does: 'cluster', table: rangeOf(node['relation']) }],
  LockStmt: (node) => [
    { does: 'lock-table', tables: itemsOf(node['relations']).map(rangeOf), mode: Number(node['mode'] ?? 0) },
  ],
  AlterSeqStmt: (node) =>
    optionOf(node['options'], 'restart') === undefined
      ? [{ does: 'other', kind: 'AlterSeqStmt' }]
      : [{ does: 'restart-sequence', sequence: rangeOf(node['sequence']) }],
  TransactionStmt: (node) => [
    { does: 'transaction', kind: textOf(node['kind']).replace('TRANS_STMT_', '').toLowerCase() },
  ],
  ViewStmt: (node) => [
    {
      does: 'create-view',
      view: rangeOf(node['view']),
      securityInvoker: !['false', 'off', undefined].includes(optionOf(node['options'], 'security_invoker')),
    },
  ],
  CreateTableAsStmt: (node) => [
    {
      does: 'create-table-as',
      table: rangeOf(at(node, 'into')['rel']),
      materialized: node['objtype'] === 'OBJECT_MATVIEW',
    },
  ],
};

function dropped(kind: string, name: string): Action {
  const names = [{ schema: null, name }];
  return { does: 'drop', kind, names, on: null, cascade: false, ifExists: false, concurrently: false };
}
