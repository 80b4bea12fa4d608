import type { Sql } from 'postgres';
import { DbError } from '../errors/db-error.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import { LEDGERS, type LedgerTool, readLedger } from '../import-history/ledger.ts';
import { matchLedger } from '../import-history/match-ledger.ts';

/** Another tool's record of applied migrations. It is told, not believed, and stays as it is. */
export interface LedgerSeen {
  readonly tool: LedgerTool;
  readonly table: string;
  readonly rows: number;
  /** Migrations of ours that it names. */
  readonly matched: readonly string[];
  readonly unknown: readonly string[];
}

const PLACES: readonly (readonly [LedgerTool, string])[] = [
  ['node-pg-migrate', LEDGERS['node-pg-migrate'].table],
  ['drizzle', LEDGERS.drizzle.table],
  ['drizzle', 'public.__drizzle_migrations'],
];

/** Reads the ledgers of other tools that are in the database, read-only. */
export async function seeLedgers(sql: Sql, files: readonly ParsedMigration[]): Promise<readonly LedgerSeen[]> {
  const seen: LedgerSeen[] = [];
  for (const [tool, table] of PLACES) {
    const [found] = await sql<{ there: boolean }[]>`SELECT to_regclass(${table}) IS NOT NULL AS there`;
    if (found?.there !== true) continue;
    const rows = await readLedger(sql, tool, table).catch((error: unknown) => {
      // A table of that name with other columns is somebody else's.
      if (error instanceof DbError) return null;
      throw error;
    });
    if (rows === null) continue;
    const { applied, withoutFile } = matchLedger(rows, files);
    seen.push({ tool, table, rows: rows.length, matched: applied.map(({ file }) => file.name), unknown: withoutFile });
  }
  return seen;
}
