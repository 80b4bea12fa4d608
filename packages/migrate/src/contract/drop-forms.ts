import { quoteIdentifier } from '../objects/quote.ts';
import type { Context } from '../online/context.ts';
import type { AlterForm, StatementForm } from '../online/forms/form.ts';
import { inTransaction, type Piece } from '../online/piece.ts';
import { keyOf, quoted, type RelationName, relationName } from '../online/relation-name.ts';
import { droppedNames } from '../online/replaced.ts';
import type { SqlNode, Statement } from '../sql/parse.ts';

/** DROP COLUMN → first nobody has to write the column any more, then a contract file drops it. A column that the draft makes again, or
 *  of a table that it makes, goes at once. Pure. */
export const dropColumnForm: AlterForm = (action, context, statement) => {
  if (action.subtype !== 'AT_DropColumn') return null;
  const { table, head, body } = action;
  const name = String(action.node['name']);
  if (context.isCreated(table) || isMadeAgain(context.draft, table, name)) return null;
  const drop: Piece = { ...inTransaction(`${head} ${body}`), contract: true };
  const facts = context.relation(table);
  const column = facts?.columns.find((one) => one.name === name);
  const mustBeWritten =
    column?.notNull === true && column.default === null && column.identity === null && column.generated === null;
  if (!mustBeWritten) return [drop];
  const isKey = facts?.constraints.some(({ kind, columns }) => kind === 'primary key' && columns.includes(name));
  if (isKey === true) {
    const why = `${quoteIdentifier(name)} is in the primary key, so that builds which do not write it cannot insert until it is dropped`;
    context.warn(statement, why, 'give the table another key first');
    return [drop];
  }
  return [inTransaction(`ALTER TABLE ${quoted(table)} ALTER COLUMN ${quoteIdentifier(name)} DROP NOT NULL`), drop];
};

/** DROP TABLE → a contract file; with it what is dropped after, of which the table or a column may be made. Pure. */
export const dropForm: StatementForm = (statement, context) => {
  const { kind, node, text } = statement;
  if (kind !== 'DropStmt') return null;
  const removed = String(node['removeType']);
  if (removed !== 'OBJECT_TABLE' && !(dropsPart(statement) && dropsBefore(context, statement))) return null;
  const names = droppedNames(node).map(nameOf);
  const isOwn = names.some((name) => context.isCreated(name) || createsAgain(context.draft, name));
  return isOwn ? null : [{ ...inTransaction(text), contract: true }];
};

/** Whether it drops something of which others are made, without a word of which. */
export function dropsPart({ kind, node }: Statement): boolean {
  return kind === 'DropStmt' && PARTS.has(String(node['removeType']));
}

const PARTS = new Set(['OBJECT_TYPE', 'OBJECT_DOMAIN', 'OBJECT_SEQUENCE', 'OBJECT_FUNCTION', 'OBJECT_SCHEMA']);

function nameOf(path: readonly string[]): RelationName {
  return { schema: path.length > 1 ? (path.at(-2) ?? null) : null, name: path.at(-1) ?? '' };
}

/** Whether an earlier statement of the draft drops a table or a column. */
function dropsBefore({ draft }: Context, statement: Statement): boolean {
  return draft
    .slice(0, draft.indexOf(statement))
    .some(
      (one) =>
        (one.kind === 'DropStmt' && one.node['removeType'] === 'OBJECT_TABLE') ||
        actionsOf(one).some(({ subtype }) => subtype === 'AT_DropColumn'),
    );
}

function isMadeAgain(draft: readonly Statement[], table: RelationName, column: string): boolean {
  return draft.some((one) => {
    const { kind, node } = one;
    if (kind === 'RenameStmt')
      return node['renameType'] === 'OBJECT_COLUMN' && node['newname'] === column && isOf(node, table);
    return actionsOf(one).some(
      ({ subtype, def }) =>
        subtype === 'AT_AddColumn' &&
        (def as { readonly ColumnDef?: SqlNode }).ColumnDef?.['colname'] === column &&
        isOf(node, table),
    );
  });
}

function isOf(node: SqlNode, table: RelationName): boolean {
  return keyOf(relationName(node['relation'])) === keyOf(table);
}

/** Whether the draft makes something of that name. */
export function createsAgain(draft: readonly Statement[], name: RelationName): boolean {
  const key = keyOf(name);
  return draft.some(({ kind, node }) => {
    switch (kind) {
      case 'CreateStmt':
      case 'CreateForeignTableStmt':
        return keyOf(relationName(node['relation'] ?? (node['base'] as SqlNode)['relation'])) === key;
      case 'ViewStmt':
        return keyOf(relationName(node['view'])) === key;
      case 'RenameStmt':
        return (
          node['relation'] !== undefined &&
          keyOf({ ...relationName(node['relation']), name: String(node['newname']) }) === key
        );
      case 'CreateEnumStmt':
      case 'CompositeTypeStmt':
      case 'CreateDomainStmt':
        return words(node['typeName'] ?? node['domainname']) === key;
      case 'CreateFunctionStmt':
        return words(node['funcname']) === key;
      case 'CreateSeqStmt':
        return keyOf(relationName(node['sequence'])) === key;
      default:
        return false;
    }
  });
}

function words(list: unknown): string {
  if (!Array.isArray(list)) return '';
  return list.map((item: { readonly String?: { readonly sval?: string } }) => item.String?.sval ?? '').join('.');
}

function actionsOf({ kind, node }: Statement): readonly SqlNode[] {
  if (kind !== 'AlterTableStmt') return [];
  return (node['cmds'] as readonly { readonly AlterTableCmd: SqlNode }[]).map(({ AlterTableCmd }) => AlterTableCmd);
}
