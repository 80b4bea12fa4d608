import type { SqlNode, Statement } from './parse.ts';

/** A statement that takes something away. */
export interface Drop {
  /** On one line; it names what goes. */
  readonly statement: string;
  /** Rows or a column of them go with it, and no down brings them back. */
  readonly losesData: boolean;
}

const WITH_ROWS = new Set<unknown>(['OBJECT_TABLE', 'OBJECT_SCHEMA', 'OBJECT_FOREIGN_TABLE']);

/** Every statement that drops an object, a column or a constraint, in order. */
export function dropsIn(statements: readonly Statement[]): readonly Drop[] {
  return statements.flatMap(({ kind, node, text }) => {
    const parts = kind === 'AlterTableStmt' ? subtypes(node) : [];
    const dropsColumn = parts.includes('AT_DropColumn');
    if (kind !== 'DropStmt' && !dropsColumn && !parts.includes('AT_DropConstraint')) return [];
    const losesData = dropsColumn || (kind === 'DropStmt' && WITH_ROWS.has(node['removeType']));
    return [{ statement: text.replaceAll(/\s+/g, ' '), losesData }];
  });
}

function subtypes(node: SqlNode): readonly unknown[] {
  const commands = node['cmds'] as readonly { readonly AlterTableCmd: SqlNode }[];
  return commands.map(({ AlterTableCmd }) => AlterTableCmd['subtype']);
}
