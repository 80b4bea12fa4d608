import type { Session } from '../connect/session.ts';

/** A statement of the catalog diff in the form that leaves writers alone: indexes CONCURRENTLY, except on partitioned relations, where
 *  the server knows no such form. Pure. */
export function concurrently(statement: string, partitioned: ReadonlySet<string>): string {
  const created = /^CREATE (UNIQUE )?INDEX (.+?) ON (\S+|"[^"]+"\."[^"]+") /.exec(statement);
  if (created !== null)
    return partitioned.has(plain(created[3])) ? statement : statement.replace(/ INDEX /, ' INDEX CONCURRENTLY ');
  const dropped = /^DROP INDEX (.+)$/.exec(statement);
  if (dropped === null || partitioned.has(plain(dropped[1]))) return statement;
  return statement.replace(/^DROP INDEX /, 'DROP INDEX CONCURRENTLY ');
}

/** Tables and indexes with partitions, as `schema.name` without quotes. */
export async function partitionedRelations({ sql }: Session): Promise<ReadonlySet<string>> {
  const rows = await sql.unsafe<{ name: string }[]>(
    "SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('p', 'I')",
  );
  return new Set(rows.map(({ name }) => name));
}

function plain(name = ''): string {
  return name.replaceAll('"', '');
}
