import { droppedNames } from '../online/replaced.ts';
import type { SqlNode, Statement } from '../sql/parse.ts';

/** A name that a statement takes away from whoever used it. */
export interface TakenAway {
  readonly schema: string;
  readonly table: string;
  /** NULL: the table or view as a whole. */
  readonly column: string | null;
}

/** What statements drop, rename or move into another schema of tables, views and columns, in order. What has no schema belongs to `schema`. Pure. */
export function takenAway(statements: readonly Statement[], schema: string): readonly TakenAway[] {
  return statements.flatMap(({ kind, node }) => {
    if (kind === 'AlterTableStmt') return droppedColumns(node, schema);
    if (kind === 'RenameStmt') return renamed(node, schema);
    if (kind === 'AlterObjectSchemaStmt' && RELATIONS.has(String(node['objectType'])))
      return [{ ...nameIn(node, schema), column: null }];
    if (kind !== 'DropStmt' || !RELATIONS.has(String(node['removeType']))) return [];
    return droppedNames(node).map((path) => ({
      schema: path.at(-2) ?? schema,
      table: path.at(-1) ?? '',
      column: null,
    }));
  });
}

const RELATIONS = new Set(['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_MATVIEW']);

function droppedColumns(node: SqlNode, schema: string): readonly TakenAway[] {
  const actions = node['cmds'] as readonly { readonly AlterTableCmd: SqlNode }[];
  return actions
    .filter(({ AlterTableCmd }) => AlterTableCmd['subtype'] === 'AT_DropColumn')
    .map(({ AlterTableCmd }) => ({ ...nameIn(node, schema), column: String(AlterTableCmd['name']) }));
}

function renamed(node: SqlNode, schema: string): readonly TakenAway[] {
  if (node['renameType'] === 'OBJECT_COLUMN') return [{ ...nameIn(node, schema), column: String(node['subname']) }];
  return RELATIONS.has(String(node['renameType'])) ? [{ ...nameIn(node, schema), column: null }] : [];
}

function nameIn(node: SqlNode, schema: string): Pick<TakenAway, 'schema' | 'table'> {
  const relation = node['relation'] as { readonly schemaname?: string; readonly relname: string };
  return { schema: relation.schemaname ?? schema, table: relation.relname };
}

export function describeTaken({ schema, table, column }: TakenAway): string {
  return column === null ? `${schema}.${table}` : `${schema}.${table}.${column}`;
}
