import type { Sql } from 'postgres';
import { quoteIdentifier } from '../objects/quote.ts';
import { essence } from '../sql/essence.ts';
import { parseSql, type SqlNode, type Statement } from '../sql/parse.ts';

interface ConcurrentIndex {
  readonly action: 'create' | 'drop';
  /** Quoted, with its schema where the statement gives one: of the table that is indexed, or of the index that is dropped. */
  readonly of: string;
  readonly name: string;
}

/** The index that a concurrent statement builds or drops, or undefined for any other statement. */
export function concurrentIndex({ kind, node }: Statement): ConcurrentIndex | undefined {
  if (node['concurrent'] !== true) return undefined;
  if (kind === 'IndexStmt') {
    const { schemaname, relname } = node['relation'] as { schemaname?: string; relname: string };
    const path = schemaname === undefined ? [relname] : [schemaname, relname];
    return { action: 'create', of: quotePath(path), name: String(node['idxname'] ?? '') };
  }
  if (kind !== 'DropStmt') return undefined;
  const [first] = (node['objects'] as readonly SqlNode[] | undefined) ?? [];
  const items =
    ((first?.['List'] as SqlNode | undefined)?.['items'] as readonly { String: { sval: string } }[] | undefined) ?? [];
  const path = items.map((item) => item.String.sval);
  return { action: 'drop', of: quotePath(path), name: path.at(-1) ?? '' };
}

/** Asks the catalog what is left to do for a concurrent statement that may have been cut, and clears an INVALID index away: an
 *  interrupted build leaves one, and a unique one refuses the application's inserts. A valid index counts as this statement's work
 *  when it was begun, or when it is the same index; otherwise the statement runs and the server says that the name is taken.
 *  @returns true where the statement's work is already done */
export async function settleConcurrentIndex(
  sql: Sql,
  index: ConcurrentIndex,
  statement: Statement,
  begun: boolean,
): Promise<boolean> {
  // An index lies in its table's schema; an unqualified name is looked up as the statement itself does it.
  const [row] = await sql<{ valid: boolean; definition: string; qualified: string }[]>`
    SELECT i.indisvalid AND i.indisready AS valid, pg_get_indexdef(i.indexrelid) AS definition,
      i.indexrelid::regclass::text AS qualified
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relname = ${index.name} AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass(${index.of}))`;
  if (index.action === 'drop') return row === undefined && begun;
  if (row === undefined) return false;
  if (row.valid) return begun || sameIndex(row.definition, statement);
  await sql.unsafe(`DROP INDEX CONCURRENTLY ${row.qualified}`);
  return false;
}

/** Whether an index of another shape has the name that a concurrent build wants. */
export async function nameIsTaken(sql: Sql, statement: Statement): Promise<boolean> {
  const index = concurrentIndex(statement);
  if (index?.action !== 'create') return false;
  const rows = await sql`
    SELECT FROM pg_class c WHERE c.relname = ${index.name}
      AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass(${index.of}))`;
  return rows.length > 0;
}

function quotePath(path: readonly string[]): string {
  return path.map(quoteIdentifier).join('.');
}

/** Whether the index that is there is the one that the statement would build, by their parse trees. Expressions that the server
 *  prints in other words count as different: then the statement runs, and the server says that the name is taken. */
function sameIndex(definition: string, statement: Statement): boolean {
  const parsed = parseSql(definition);
  const [found] = parsed.ok ? parsed.statements : [];
  return found !== undefined && essence(found) === essence(statement);
}
