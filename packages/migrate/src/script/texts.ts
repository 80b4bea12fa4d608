import type { ParsedMigration } from '../files/parse-migration.ts';
import { quoteLiteral } from '../objects/quote.ts';

/** The history row of a migration that a script applies; `durationMs` is SQL text. */
export function appliedRow(domain: string, { name, checksum, down }: ParsedMigration, durationMs = '0'): string {
  const values = [domain, name, checksum, down?.sql ?? null, down?.checksum ?? null].map((value) =>
    value === null ? 'NULL' : quoteLiteral(value),
  );
  return `INSERT INTO migrations.applied (domain, name, checksum, down_sql, down_checksum, duration_ms) VALUES (${values.join(', ')}, ${durationMs})`;
}

export function transaction(statements: readonly string[]): string {
  return ['BEGIN;', ...statements.map((text) => `${text};`), 'COMMIT;'].join('\n');
}
