import type { Sql } from 'postgres';
import { quoteIdentifier } from '../objects/quote.ts';
import type { Statement } from '../sql/parse.ts';

interface ConcurrentIndex {
  readonly action: 'create' | 'drop';
  readonly schema: string;
  readonly name: string;
}

/** The index that a concurrent statement builds or drops, or undefined for any other statement. */
export function concurrentIndex({ kind, node }: Statement): ConcurrentIndex | undefined {
  if (node['concurrent'] !== true) return undefined;
  if (kind === 'IndexStmt') {
    const relation = node['relation'] as { schemaname?: string };
    return { action: 'create', schema: relation.schemaname ?? 'public', name: String(node['idxname'] ?? '') };
  }
  const [schema = 'public', name = ''] = Array.from(
    JSON.stringify(node['objects']).matchAll(/"sval":"([^"]+)"/g),
    (match) => match[1],
  );
  return kind === 'DropStmt' ? { action: 'drop', schema, name } : undefined;
}

/** Asks the catalog what is left to do for a concurrent statement that may have been cut, and clears an INVALID index away: an
 *  interrupted build leaves one, and a unique one refuses the application's inserts.
 *  @returns true where the statement's work is already done */
export async function settleConcurrentIndex(sql: Sql, index: ConcurrentIndex, begun: boolean): Promise<boolean> {
  const [row] = await sql<{ valid: boolean }[]>`
    SELECT i.indisvalid AND i.indisready AS valid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relname = ${index.name} AND c.relnamespace = to_regnamespace(${quoteIdentifier(index.schema)})`;
  if (index.action === 'drop') return row === undefined && begun;
  if (row === undefined) return false;
  if (row.valid) return begun;
  await sql.unsafe(`DROP INDEX CONCURRENTLY ${quoteIdentifier(index.schema)}.${quoteIdentifier(index.name)}`);
  return false;
}
