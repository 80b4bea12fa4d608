import { DbError } from '../errors/db-error.ts';

/** A row of drizzle-kit's snapshot: an entity with its type. */
type Row = Readonly<Record<string, unknown>>;

interface Delta {
  readonly op: string;
  /** Of a new row. */
  readonly row?: Row;
  /** `<entity type>\0<JSON list of names>` of one that is there. */
  readonly key?: string;
  readonly set?: Row;
}

interface Snapshot {
  readonly ddl?: readonly Row[];
  readonly deltas?: readonly Delta[];
}

const ORIGIN = '00000000-0000-0000-0000-000000000000';

/** drizzle-kit's snapshots of migrations, oldest first, as one with which a history may begin; it keeps the identity of the newest, by
 *  which later ones name it. NULL: there are none. Pure.
 *  @throws {DbError} DB_SQUASH for a change of something that no snapshot before has */
export function foldSnapshots(texts: readonly string[]): string | null {
  const last = texts.at(-1);
  if (last === undefined) return null;
  const rows: Row[] = [];
  for (const text of texts) {
    const { ddl = [], deltas = [] } = JSON.parse(text) as Snapshot;
    rows.push(...ddl);
    for (const delta of deltas) apply(rows, delta);
  }
  const { deltas: _, ...head } = JSON.parse(last) as Row & Snapshot;
  return `${JSON.stringify({ ...head, type: 'base', prevIds: [ORIGIN], footprints: [], ddl: rows }, null, 2)}\n`;
}

function apply(rows: Row[], { op, row, key = '', set }: Delta): void {
  if (op === 'create' && row !== undefined) {
    rows.push(row);
    return;
  }
  const at = rows.findIndex((one) => isNamed(one, key));
  const found = rows[at];
  if (found === undefined)
    throw new DbError('DB_SQUASH', { why: `drizzle-kit's snapshots change what none has: ${key.replace('\0', ' ')}` });
  if (op === 'drop') rows.splice(at, 1);
  else rows[at] = { ...found, ...set };
}

function isNamed(row: Row, key: string): boolean {
  const [type, list = '[]'] = key.split('\0');
  const names = JSON.parse(list) as readonly unknown[];
  if (row['entityType'] !== type) return false;
  const own = [row['schema'], row['table'], row['name']];
  return [own, [row['schema'], row['name']], [row['name']], [row['schema'], row['table']]].some(
    (candidate) => JSON.stringify(candidate) === JSON.stringify(names),
  );
}
