import type { Sql } from 'postgres';
import { quoteIdentifier } from '../objects/quote.ts';
import type { SqlNode, Statement } from '../sql/parse.ts';
import { concurrentIndex, settleConcurrentIndex } from './concurrent-index.ts';

/** Asks the catalog what is left to do for a statement that cannot run in a transaction and may have been cut. What may run twice
 *  (VACUUM, REINDEX, CLUSTER, ALTER SYSTEM) is simply run again; what a cut REINDEX or DETACH left half made is cleared away first.
 *  @returns true where the statement's work is already done */
export async function settle(sql: Sql, statement: Statement, begun: boolean): Promise<boolean> {
  const index = concurrentIndex(statement);
  if (index !== undefined) return await settleConcurrentIndex(sql, index, statement, begun);
  switch (statement.kind) {
    case 'ReindexStmt':
      await dropLeftovers(sql, statement.node);
      return false;
    case 'AlterTableStmt':
      return await settleDetach(sql, statement.node, begun);
    case 'CreatedbStmt':
      return begun && (await databaseExists(sql, statement.node));
    case 'DropdbStmt':
      return begun && !(await databaseExists(sql, statement.node));
    default:
      return false;
  }
}

/** A cut REINDEX CONCURRENTLY leaves INVALID indexes with these endings; they cost every write and serve nobody. */
async function dropLeftovers(sql: Sql, { relation }: SqlNode): Promise<void> {
  const name = qualified(relation);
  if (name === undefined) return;
  const rows = await sql<{ index: string }[]>`
    SELECT format('%I.%I', n.nspname, c.relname) AS index
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)\\d*$'
      AND i.indrelid = coalesce((SELECT indrelid FROM pg_index WHERE indexrelid = to_regclass(${name})), to_regclass(${name}))`;
  for (const { index } of rows) await sql.unsafe(`DROP INDEX CONCURRENTLY ${index}`);
}

/** DETACH PARTITION CONCURRENTLY that was cut leaves the partition pending; FINALIZE ends it. */
async function settleDetach(sql: Sql, node: SqlNode, begun: boolean): Promise<boolean> {
  const parent = qualified(node['relation']);
  const [command] = (node['cmds'] as readonly { AlterTableCmd: SqlNode }[] | undefined) ?? [];
  const partition = qualified(
    ((command?.AlterTableCmd['def'] as SqlNode | undefined)?.['PartitionCmd'] as SqlNode | undefined)?.['name'],
  );
  if (parent === undefined || partition === undefined) return false;
  const [row] = await sql<{ pending: boolean }[]>`
    SELECT inhdetachpending AS pending FROM pg_inherits WHERE inhrelid = to_regclass(${partition}) AND inhparent = to_regclass(${parent})`;
  if (row === undefined) return begun;
  if (!row.pending) return false;
  await sql.unsafe(`ALTER TABLE ${parent} DETACH PARTITION ${partition} FINALIZE`);
  return true;
}

async function databaseExists(sql: Sql, { dbname }: SqlNode): Promise<boolean> {
  const rows = await sql`SELECT FROM pg_database WHERE datname = ${String(dbname)}`;
  return rows.length > 0;
}

/** `"schema"."name"` of a RangeVar. */
function qualified(range: unknown): string | undefined {
  const { relname, schemaname } = (range ?? {}) as { relname?: string; schemaname?: string };
  if (relname === undefined) return undefined;
  return schemaname === undefined
    ? quoteIdentifier(relname)
    : `${quoteIdentifier(schemaname)}.${quoteIdentifier(relname)}`;
}
