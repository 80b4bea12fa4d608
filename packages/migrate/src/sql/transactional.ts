import type { SqlNode, Statement } from './parse.ts';

/** True for the statements that PostgreSQL refuses inside a transaction block (SQLSTATE 25001). */
export function needsNoTransaction({ kind, node }: Statement): boolean {
  switch (kind) {
    case 'IndexStmt':
    case 'DropStmt':
      return node['concurrent'] === true;
    case 'VacuumStmt':
      return node['is_vacuumcmd'] === true;
    case 'ReindexStmt':
      return (
        hasOption(node['params'], 'concurrently') ||
        !['REINDEX_OBJECT_INDEX', 'REINDEX_OBJECT_TABLE'].includes(String(node['kind']))
      );
    case 'ClusterStmt':
      return node['relation'] === undefined;
    case 'AlterTableStmt':
      return JSON.stringify(node['cmds'] ?? []).includes('"concurrent":true');
    case 'CreatedbStmt':
    case 'DropdbStmt':
    case 'CreateTableSpaceStmt':
    case 'DropTableSpaceStmt':
    case 'AlterSystemStmt':
      return true;
    default:
      return false;
  }
}

/** True for BEGIN, COMMIT, ROLLBACK, SAVEPOINT and their like: transactions belong to the engine. */
export function controlsTransaction({ kind }: Statement): boolean {
  return kind === 'TransactionStmt';
}

function hasOption(options: unknown, name: string): boolean {
  return (
    Array.isArray(options) &&
    options.some((option: SqlNode) => (option['DefElem'] as SqlNode | undefined)?.['defname'] === name)
  );
}
