import type { SqlNode } from '../../sql/parse.ts';
import type { Name } from '../name.ts';
import type { Action } from './action.ts';
import type { Clauses } from './clause.ts';
import { readColumn, readConstraint } from './read-column.ts';
import { typeOf } from './sql-type.ts';
import { at, itemsOf, optionOf, rangeOf, textOf, wordsOf } from './tree.ts';

export function readCreateTable(node: SqlNode, clauses: Clauses): readonly Action[] {
  const elements = itemsOf(node['tableElts']);
  const columns = elements
    .filter((element) => element['ColumnDef'] !== undefined)
    .map((element) => readColumn(at(element, 'ColumnDef'), clauses));
  const apart = elements.flatMap((element) =>
    element['Constraint'] === undefined ? [] : (readConstraint(at(element, 'Constraint'), clauses) ?? []),
  );
  const parents = itemsOf(node['inhRelations']).map(rangeOf);
  const isPartition = node['partbound'] !== undefined;
  return [
    {
      does: 'create-table',
      table: rangeOf(node['relation']),
      columns: columns.map(({ column }) => column),
      constraints: [...columns.flatMap(({ constraints }) => constraints), ...apart],
      partitioned: node['partspec'] !== undefined,
      partitionOf: isPartition ? (parents[0] ?? null) : null,
      isDefault: at(node, 'partbound')['is_default'] === true,
      ifNotExists: node['if_not_exists'] === true,
      inherits:
        parents.length > 0 ||
        node['ofTypename'] !== undefined ||
        elements.some((element) => element['TableLikeClause'] !== undefined),
    },
  ];
}

/** One action for each part; of tables and partitioned indexes alone. */
export function readAlterTable(node: SqlNode, clauses: Clauses): readonly Action[] {
  const table = rangeOf(node['relation']);
  if (node['objtype'] !== 'OBJECT_TABLE') return [{ does: 'other', kind: `AlterTableStmt ${textOf(node['objtype'])}` }];
  return itemsOf(node['cmds']).map((item) => readPart(table, at(item, 'AlterTableCmd'), clauses));
}

function readPart(table: Name, part: SqlNode, clauses: Clauses): Action {
  const column = textOf(part['name']);
  const cascade = part['behavior'] === 'DROP_CASCADE';
  const definition = at(part, 'def', 'ColumnDef');
  switch (part['subtype']) {
    case 'AT_AddColumn':
      return { does: 'add-column', table, ...readColumn(definition, clauses) };
    case 'AT_DropColumn':
      return { does: 'drop-column', table, column, cascade };
    case 'AT_AlterColumnType': {
      const collation = wordsOf(at(definition, 'collClause')['collname']).at(-1) ?? null;
      const using = definition['raw_default'] !== undefined;
      return { does: 'change-type', table, column, type: typeOf(definition['typeName']), using, collation };
    }
    case 'AT_SetNotNull':
      return { does: 'set-not-null', table, column };
    case 'AT_DropNotNull':
      return { does: 'drop-not-null', table, column };
    case 'AT_AddIdentity':
      return { does: 'add-identity', table, column };
    case 'AT_ColumnDefault':
      return { does: 'set-default', table, column, dropped: part['def'] === undefined };
    case 'AT_ValidateConstraint':
      return { does: 'validate', table, constraint: column };
    case 'AT_DropConstraint':
      return { does: 'drop-constraint', table, constraint: column, cascade };
    case 'AT_AttachPartition': {
      const isDefault = at(part, 'def', 'PartitionCmd', 'bound')['is_default'] === true;
      return { does: 'attach', table, partition: partitionOf(part), isDefault };
    }
    case 'AT_DetachPartition': {
      const concurrently = at(part, 'def', 'PartitionCmd')['concurrent'] === true;
      return { does: 'detach', table, partition: partitionOf(part), concurrently };
    }
    default:
      return readOther(table, part, clauses);
  }
}

function readOther(table: Name, part: SqlNode, clauses: Clauses): Action {
  const constraint =
    part['subtype'] === 'AT_AddConstraint' ? readConstraint(at(part, 'def', 'Constraint'), clauses) : undefined;
  if (constraint !== undefined) return { does: 'add-constraint', table, constraint };
  return { does: 'alter-table', table, part: textOf(part['subtype']), value: settingOf(part) };
}

const partitionOf = (part: SqlNode): Name => rangeOf(at(part, 'def', 'PartitionCmd')['name']);

/** The option, name or kind that a part sets, in one text. */
function settingOf(part: SqlNode): string {
  const replica = at(part, 'def', 'ReplicaIdentityStmt');
  if (replica['identity_type'] !== undefined)
    return [textOf(replica['identity_type']), textOf(replica['name'])].join(' ').trim();
  const options = itemsOf(at(part, 'def', 'List')['items']).map((item) => at(item, 'DefElem'));
  if (options.length === 0) return textOf(part['name']);
  return options
    .map(({ defname }) => `${textOf(defname)}=${optionOf(at(part, 'def', 'List')['items'], textOf(defname))}`)
    .join(' ');
}
