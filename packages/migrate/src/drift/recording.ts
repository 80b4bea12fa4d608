import type { Sql } from 'postgres';
import { type Catalog, catalogFromJson, catalogHash, catalogToJson } from '../catalog/catalog.ts';
import { sqlLiteral } from '../history/history-statement.ts';

/** What migrations.catalogs holds of one domain. */
export interface RecordedCatalog {
  /** What the applied history gives. NULL: not recorded yet. */
  readonly expected: Catalog | null;
  /** SHA-256 of `expected`. */
  readonly hash: string | null;
  /** The catalog before a run that has not recorded its end. NULL: no run is open. */
  readonly base: Catalog | null;
  readonly begunAt: Date | null;
  readonly recordedAt: Date | null;
  /** Whether any migration is applied. */
  readonly applied: boolean;
}

type Stored = Readonly<Record<string, string>> | null;

/** Reads the recording of a domain; all NULL where there is none. The history tables must be there. */
export async function readRecording(sql: Sql, domain: string): Promise<RecordedCatalog> {
  const [row] = await sql.unsafe<
    { expected: Stored; hash: string | null; base: Stored; begunAt: Date; recordedAt: Date; applied: boolean }[]
  >(`
    SELECT c.expected, c.expected_hash AS hash, c.base, c.begun_at AS "begunAt", c.recorded_at AS "recordedAt",
      EXISTS (SELECT FROM migrations.applied WHERE domain = d) AS applied
    FROM (SELECT ${sqlLiteral(domain)}::text AS d) AS asked LEFT JOIN migrations.catalogs c ON c.domain = d`);
  return {
    expected: fromStored(row?.expected),
    hash: row?.hash ?? null,
    base: fromStored(row?.base),
    begunAt: row?.begunAt ?? null,
    recordedAt: row?.recordedAt ?? null,
    applied: row?.applied ?? false,
  };
}

/** Stores what the catalog was before a run, as SQL; an expectation that is there stays. */
export function baseText(domain: string, base: Catalog): string {
  return `
    INSERT INTO migrations.catalogs (domain, base, begun_at)
    VALUES (${sqlLiteral(domain)}, ${sqlLiteral(catalogToJson(base))}, clock_timestamp())
    ON CONFLICT (domain) DO UPDATE SET base = excluded.base, begun_at = excluded.begun_at`;
}

/** Commits the expectation and closes the run, in one statement. */
export async function writeExpected(sql: Sql, domain: string, expected: Catalog): Promise<void> {
  await sql.unsafe(expectedText(domain, expected));
}

/** The same as SQL. */
export function expectedText(domain: string, expected: Catalog): string {
  const values = [domain, catalogToJson(expected), catalogHash(expected)].map(sqlLiteral);
  return `
    INSERT INTO migrations.catalogs (domain, expected, expected_hash, recorded_at) VALUES (${values.join(', ')}, clock_timestamp())
    ON CONFLICT (domain) DO UPDATE SET expected = excluded.expected, expected_hash = excluded.expected_hash,
      recorded_at = excluded.recorded_at, base = NULL, begun_at = NULL`;
}

function fromStored(stored: Stored | undefined): Catalog | null {
  return stored === null || stored === undefined ? null : catalogFromJson(stored);
}
