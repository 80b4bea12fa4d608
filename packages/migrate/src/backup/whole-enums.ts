import { quoteIdentifier, quoteLiteral } from '../objects/quote.ts';
import type { SqlNode, Statement } from '../sql/parse.ts';

/** What to run in place of some statements of a history so that it can use every enum value in the transaction that makes the type:
 *  before PostgreSQL 17 a value that is added is not usable there, one that the type is made with is. Values that are added later are
 *  put into the type at once, in their place; NULL: run nothing. Where a name was used twice over time, all stays as it is. Pure. */
export function wholeEnums(history: readonly Statement[]): ReadonlyMap<Statement, string | null> {
  const instead = new Map<Statement, string | null>();
  const living = new Map<string, Enum>();
  const all: Enum[] = [];
  for (const statement of history) {
    const { kind, node } = statement;
    const name = words(node['typeName'] ?? objectNames(node)).at(-1) ?? '';
    const type = living.get(name);
    if (kind === 'CreateEnumStmt') {
      const labels = words(node['vals']).map((label) => ({ first: label, now: label }));
      const made = { statement, labels, used: new Set(words(node['vals'])) };
      living.set(name, made);
      all.push(made);
    } else if (type !== undefined) {
      if (kind === 'AlterEnumStmt' && alterLabels(type, node)) instead.set(statement, null);
      if (kind === 'RenameStmt' || kind === 'DropStmt') living.delete(name);
      if (kind === 'RenameStmt') living.set(String(node['newname']), type);
    }
  }
  for (const { statement, labels } of all) {
    const names = words(statement.node['typeName']).map(quoteIdentifier).join('.');
    instead.set(
      statement,
      `CREATE TYPE ${names} AS ENUM (${labels.map(({ first }) => quoteLiteral(first)).join(', ')})`,
    );
  }
  return instead;
}

interface Enum {
  readonly statement: Statement;
  /** In order: the name when the type is made, and at the moment. */
  readonly labels: { readonly first: string; now: string }[];
  /** Every name that a value has had. */
  readonly used: Set<string>;
}

/** Follows one ALTER TYPE. @returns true where it need not run any more */
function alterLabels({ labels, used }: Enum, node: SqlNode): boolean {
  const [oldName, newName, neighbour] = ['oldVal', 'newVal', 'newValNeighbor'].map((key) => node[key]);
  if (typeof newName !== 'string') return false;
  const isKnown = used.has(newName);
  used.add(newName);
  const renamed = labels.find(({ now }) => now === oldName);
  if (renamed !== undefined) renamed.now = newName;
  if (oldName !== undefined || isKnown) return false;
  const beside = labels.findIndex(({ now }) => now === neighbour);
  const place = beside < 0 ? labels.length : beside + (node['newValIsAfter'] === true ? 1 : 0);
  labels.splice(place, 0, { first: newName, now: newName });
  return true;
}

/** The type that a RENAME or DROP of one type names. */
function objectNames(node: SqlNode): unknown {
  if (node['renameType'] !== 'OBJECT_TYPE' && node['removeType'] !== 'OBJECT_TYPE') return [];
  const [dropped] = Array.isArray(node['objects']) ? node['objects'] : [node['object']];
  return listItems(dropped, 'List', 'items') ?? listItems(dropped, 'TypeName', 'names') ?? [];
}

function listItems(value: unknown, kind: string, key: string): unknown {
  return ((value as SqlNode | undefined)?.[kind] as SqlNode | undefined)?.[key];
}

function words(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: SqlNode) => {
    const text = (item['String'] as SqlNode | undefined)?.['sval'];
    return typeof text === 'string' ? [text] : [];
  });
}
