import type { Sql } from 'postgres';

/** A row of the history, with the way back that was stored when it was applied. */
export interface StoredMigration {
  readonly name: string;
  /** SHA-256 of the text that was applied. */
  readonly checksum: string;
  /** The text of its down.sql at that time. NULL: there was none. */
  readonly down: { readonly sql: string; readonly checksum: string } | null;
  readonly appliedAt: Date;
  /** Applied after a migration with a newer name. */
  readonly late: boolean;
}

export interface StoredHistory {
  /** In name order. */
  readonly applied: readonly StoredMigration[];
  /** Names that have recorded steps: not applied, the way up was cut; applied, the way down was. */
  readonly begun: ReadonlySet<string>;
}

export const NOTHING_STORED: StoredHistory = { applied: [], begun: new Set() };

/** What the history of one domain holds for the way back. */
export async function readStored(sql: Sql, domain: string): Promise<StoredHistory> {
  const rows = await sql<StoredRow[]>`
    SELECT name, checksum, down_sql AS "downSql", down_checksum AS "downChecksum", applied_at AS "appliedAt", late
    FROM migrations.applied WHERE domain = ${domain} ORDER BY name COLLATE "C"`;
  const begun = await sql<{ name: string }[]>`SELECT DISTINCT name FROM migrations.steps WHERE domain = ${domain}`;
  return {
    applied: rows.map(({ name, checksum, downSql, downChecksum, appliedAt, late }) => ({
      name,
      checksum,
      down: downSql === null || downChecksum === null ? null : { sql: downSql, checksum: downChecksum },
      appliedAt: new Date(appliedAt),
      late,
    })),
    begun: new Set(begun.map(({ name }) => name)),
  };
}

interface StoredRow {
  readonly name: string;
  readonly checksum: string;
  readonly downSql: string | null;
  readonly downChecksum: string | null;
  readonly appliedAt: Date;
  readonly late: boolean;
}
