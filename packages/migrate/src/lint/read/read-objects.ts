import type { SqlNode } from '../../sql/parse.ts';
import { type Name, nameOf } from '../name.ts';
import type { Action } from './action.ts';
import { typeOf } from './sql-type.ts';
import { at, itemsOf, namedBy, nodeOf, optionOf, rangeOf, textOf, wordsOf } from './tree.ts';

/** `OBJECT_MATVIEW` → `matview`. */
const spoken = (kind: unknown) => textOf(kind).replace('OBJECT_', '').toLowerCase();

const ON_TABLE = new Set(['trigger', 'policy', 'rule']);

export function readDrop(node: SqlNode): readonly Action[] {
  const kind = spoken(node['removeType']);
  const paths = itemsOf(node['objects']).map(pathOf);
  const onTable = ON_TABLE.has(kind);
  return [
    {
      does: 'drop',
      kind,
      names: paths.map((path) => (onTable ? { schema: null, name: path.at(-1) ?? '' } : nameOf(path))),
      on: onTable ? nameOf((paths[0] ?? []).slice(0, -1)) : null,
      cascade: node['behavior'] === 'DROP_CASCADE',
      ifExists: node['missing_ok'] === true,
      concurrently: node['concurrent'] === true,
    },
  ];
}

/** An object's name in whichever wrapping DROP and ALTER have it. */
function pathOf(item: unknown): readonly string[] {
  const node = nodeOf(item);
  if (node['List'] !== undefined) return wordsOf(at(node, 'List')['items']);
  if (node['ObjectWithArgs'] !== undefined) return wordsOf(at(node, 'ObjectWithArgs')['objname']);
  if (node['TypeName'] !== undefined) return wordsOf(at(node, 'TypeName')['names']);
  return wordsOf([node]);
}

export function readRename(node: SqlNode): readonly Action[] {
  const kind = spoken(node['renameType']);
  const relation = rangeOf(node['relation']);
  const object = relation.name === '' ? nameOf(pathOf(node['object'])) : relation;
  const subname = textOf(node['subname']);
  const from = subname === '' ? object.name : subname;
  const of = kind === 'schema' ? nameOf([from]) : object;
  const onView = kind === 'column' && node['relationType'] !== 'OBJECT_TABLE';
  return [{ does: 'rename', kind: onView ? 'view column' : kind, object: of, from, to: textOf(node['newname']) }];
}

export function readSetSchema(node: SqlNode): readonly Action[] {
  const relation = rangeOf(node['relation']);
  const object = relation.name === '' ? nameOf(pathOf(node['object'])) : relation;
  return [{ does: 'set-schema', kind: spoken(node['objectType']), object, to: textOf(node['newschema']) }];
}

export function readIndex(node: SqlNode): readonly Action[] {
  const table = rangeOf(node['relation']);
  const name = textOf(node['idxname']);
  return [
    {
      does: 'create-index',
      index: name === '' ? null : { schema: table.schema, name },
      table,
      columns: itemsOf(node['indexParams']).map((item) => textOf(at(item, 'IndexElem')['name']) || null),
      unique: node['unique'] === true,
      concurrently: node['concurrent'] === true,
      ifNotExists: node['if_not_exists'] === true,
      only: nodeOf(node['relation'])['inh'] !== true,
      method: textOf(node['accessMethod']),
      partial: node['whereClause'] !== undefined,
    },
  ];
}

export function readEnum(node: SqlNode): readonly Action[] {
  return [{ does: 'create-enum', type: namedBy(node['typeName']), values: wordsOf(node['vals']) }];
}

export function readAlterEnum(node: SqlNode): readonly Action[] {
  const type = namedBy(node['typeName']);
  const [from, to] = [textOf(node['oldVal']), textOf(node['newVal'])];
  return [from === '' ? { does: 'add-value', type, value: to } : { does: 'rename-value', type, from, to }];
}

export function readDomain(node: SqlNode): readonly Action[] {
  const kinds = itemsOf(node['constraints']).map((item) => at(item, 'Constraint')['contype']);
  const constrained = kinds.includes('CONSTR_CHECK') || kinds.includes('CONSTR_NOTNULL');
  return [{ does: 'create-domain', domain: namedBy(node['domainname']), constrained, type: typeOf(node['typeName']) }];
}

const DOMAIN_PARTS: Readonly<Record<string, 'constraint' | 'not-null' | 'validate'>> = {
  C: 'constraint',
  O: 'not-null',
  V: 'validate',
};

export function readAlterDomain(node: SqlNode): readonly Action[] {
  const constraint = at(node, 'def', 'Constraint');
  const name = textOf(constraint['conname']) || textOf(node['name']);
  return [
    {
      does: 'alter-domain',
      domain: namedBy(node['typeName']),
      part: DOMAIN_PARTS[textOf(node['subtype'])] ?? 'other',
      constraint: name || null,
      validated: constraint['skip_validation'] !== true,
    },
  ];
}

export function readGrant(node: SqlNode): readonly Action[] {
  const grantees = itemsOf(node['grantees']).map((item) => at(item, 'RoleSpec'));
  const objects = itemsOf(node['objects']).map(
    (item): Name => (item['RangeVar'] === undefined ? nameOf(pathOf(item)) : rangeOf(item)),
  );
  return [
    {
      does: 'grant',
      revokes: node['is_grant'] !== true,
      toPublic: grantees.some(({ roletype }) => roletype === 'ROLESPEC_PUBLIC'),
      to: grantees.map(({ rolename }) => textOf(rolename)).filter((name) => name !== ''),
      all: itemsOf(node['privileges']).length === 0,
      on: objects.map(({ schema, name }) => (schema === null ? name : `${schema}.${name}`)).join(', '),
    },
  ];
}

export function readExtension(node: SqlNode): readonly Action[] {
  const version = optionOf(node['options'], 'new_version') ?? null;
  return [{ does: 'update-extension', extension: textOf(node['extname']), version }];
}
