import { checksum, normalizeText } from './normalize.ts';
import { type Replaced, replacedBy } from './replaces.ts';

/** A migration as it lies on disk: text, not yet parsed. Enough to plan with. */
export interface MigrationFile {
  /** Folder name, `<14 digits>_<slug>`; names sort by time. */
  readonly name: string;
  /** Path for messages. */
  readonly path: string;
  readonly sql: string;
  /** SHA-256 of the normalised text. */
  readonly checksum: string;
  /** The way back. NULL: none is there. */
  readonly down: { readonly sql: string; readonly checksum: string } | null;
  /** The older migrations that it stands for, as a baseline does. Empty: none. */
  readonly replaces: readonly Replaced[];
}

export interface MigrationSource {
  readonly name: string;
  readonly path: string;
  readonly sql: string;
  readonly down: string | null;
}

/** Normalises a source and takes its checksums. */
export function migrationFile({ name, path, sql, down }: MigrationSource): MigrationFile {
  const text = normalizeText(sql);
  const back = down === null ? null : normalizeText(down);
  return {
    name,
    path,
    sql: text,
    checksum: checksum(text),
    down: back === null ? null : { sql: back, checksum: checksum(back) },
    replaces: replacedBy(text),
  };
}
