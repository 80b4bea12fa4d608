import { createHash } from 'node:crypto';
import type { MigrationFile } from '../files/migration-file.ts';
import type { LedgerRow } from './ledger.ts';

export interface Matched {
  readonly file: MigrationFile;
  /** Whether the ledger's hash is that of the file. NULL: the ledger keeps none. */
  readonly sameText: boolean | null;
}

export interface LedgerMatch {
  /** In name order. */
  readonly applied: readonly Matched[];
  /** Rows for which there is no file, as the ledger names them. */
  readonly withoutFile: readonly string[];
  /** Rows that two files or more could be. */
  readonly ambiguous: readonly string[];
  /** Files that the ledger does not know although it knows newer ones: the other tool passed them over. */
  readonly skipped: readonly string[];
}

/** Finds the file of each row: by its whole name, by its moment, by its hash, or by the words of its name. Pure. */
export function matchLedger(rows: readonly LedgerRow[], files: readonly MigrationFile[]): LedgerMatch {
  const found = rows.map((row) => ({ row, candidates: candidatesOf(row, files) }));
  const applied = found
    .flatMap(({ row, candidates: [file, ...others] }) =>
      file === undefined || others.length > 0
        ? []
        : [{ file, sameText: row.hash === null ? null : hasText(file, row.hash) }],
    )
    .sort((a, b) => (a.file.name < b.file.name ? -1 : 1));
  const names = new Set(applied.map(({ file }) => file.name));
  const newest = applied.at(-1)?.file.name ?? '';
  return {
    applied: applied.filter(({ file }, i) => applied[i - 1]?.file.name !== file.name),
    withoutFile: found.filter(({ candidates }) => candidates.length === 0).map(({ row }) => describe(row)),
    ambiguous: found.filter(({ candidates }) => candidates.length > 1).map(({ row }) => describe(row)),
    skipped: files.map(({ name }) => name).filter((name) => name < newest && !names.has(name)),
  };
}

function candidatesOf(row: LedgerRow, files: readonly MigrationFile[]): readonly MigrationFile[] {
  const { name, stamp, hash } = row;
  const tests: ((file: MigrationFile) => boolean)[] = [
    (file) => file.name === name,
    (file) => stamp !== null && file.name.startsWith(`${stamp}_`),
    (file) => hash !== null && hasText(file, hash),
    (file) => name !== null && wordsOf(file.name) === wordsOf(name),
  ];
  for (const test of tests) {
    const candidates = files.filter(test);
    if (candidates.length > 0) return candidates;
  }
  return [];
}

/** drizzle hashes the text as it lies on disk; a checkout may have changed its line ends since. */
function hasText({ sql }: MigrationFile, hash: string): boolean {
  return [sql, sql.replaceAll('\n', '\r\n')].some((text) => createHash('sha256').update(text).digest('hex') === hash);
}

function wordsOf(name: string): string {
  return name
    .replace(/^\d+[-_]/, '')
    .toLowerCase()
    .replaceAll(/[-_]+/g, '-');
}

function describe({ name, stamp, hash }: LedgerRow): string {
  return name ?? `${stamp ?? 'undated'} (${hash?.slice(0, 12) ?? 'no hash'}…)`;
}
