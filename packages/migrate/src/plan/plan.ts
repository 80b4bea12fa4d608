import type { MigrationFile } from '../files/migration-file.ts';
import { type Standing, standingOf } from './baseline.ts';

/** One row of the history: a migration that is applied. */
export interface AppliedMigration {
  readonly name: string;
  /** SHA-256 of the text that was applied. */
  readonly checksum: string;
  readonly appliedAt: Date;
  readonly appliedBy: string;
  /** Version of the program that applied it. NULL: unknown. */
  readonly appVersion: string | null;
  readonly durationMs: number | null;
  /** Applied after a migration with a newer name. */
  readonly late: boolean;
}

/** Every state that a migration can be in; there is no other. */
export type MigrationState =
  /** File and history agree. */
  | 'applied'
  /** To be applied; newer than everything applied. */
  | 'pending'
  /** To be applied, with a name older than the newest applied one. */
  | 'out of order'
  /** A no-transaction migration of which some statements are done. */
  | 'half done'
  /** The same, and its file is not in this build. */
  | 'half done, file missing'
  /** Applied, and a rollback of it was cut: some statements of its no-transaction down are done. */
  | 'half undone'
  /** Applied with another text than the file has now. */
  | 'edited'
  /** Applied, and its file is gone although newer files are there. */
  | 'file missing'
  /** Applied by a newer build: newer than every file of this one. */
  | 'unknown'
  /** Applied, and a baseline of this build stands for it. */
  | 'replaced'
  /** A baseline of which some parts are applied and some are not, or with other texts. */
  | 'half replaced';

export interface PlannedMigration {
  readonly name: string;
  readonly state: MigrationState;
  readonly file: MigrationFile | null;
  /** Its row; of a baseline that counts as applied by the older ones, the newest of theirs. */
  readonly applied: AppliedMigration | null;
}

export interface Plan {
  /** Every migration that is in a file or in the history, begun or applied, in name order. */
  readonly migrations: readonly PlannedMigration[];
  /** Files to apply, in name order. */
  readonly pending: readonly MigrationFile[];
}

export interface HistoryState {
  readonly applied: readonly AppliedMigration[];
  /** Names of no-transaction migrations that have begun and not ended: not applied, on the way up; applied, on the way down. */
  readonly halfDone: ReadonlySet<string>;
}

/** Compares files with history by name and checksum; touches neither disk nor database. Nothing is ever left out: what is in
 *  either of them is in the result, with a state. */
export function planMigrations(files: readonly MigrationFile[], history: HistoryState): Plan {
  const applied = new Map(history.applied.map((row) => [row.name, row]));
  const known = new Map(files.map((file) => [file.name, file]));
  const baselines = standings(files, applied, history.halfDone);
  const counts = (name: string) => known.has(name) && (applied.has(name) || baselines.get(name)?.as === 'all');
  const newestApplied = maximum([...known.keys()].filter(counts));
  const replaced = new Set(files.flatMap(({ replaces }) => replaces.map(({ name }) => name)));
  const newestFile = maximum([...known.keys()]);
  const names = [...new Set([...known.keys(), ...applied.keys(), ...history.halfDone])].sort();
  const migrations = names.map((name): PlannedMigration => {
    const file = known.get(name) ?? null;
    const row = applied.get(name) ?? null;
    const standing = baselines.get(name);
    if (standing?.as === 'all') return { name, file, applied: standing.newest, state: 'applied' };
    if (standing?.as === 'some') return { name, file, applied: null, state: 'half replaced' };
    if (row !== null && file === null && replaced.has(name)) return { name, file, applied: row, state: 'replaced' };
    return {
      name,
      file,
      applied: row,
      state: stateOf(file, row, history.halfDone.has(name), newestApplied, newestFile, name),
    };
  });
  const pending = migrations.flatMap(({ file, applied: row, state }) =>
    file !== null && row === null && state !== 'half replaced' ? [file] : [],
  );
  return { migrations, pending };
}

/** Of the baselines that have no row of their own. */
function standings(
  files: readonly MigrationFile[],
  applied: ReadonlyMap<string, AppliedMigration>,
  halfDone: ReadonlySet<string>,
): ReadonlyMap<string, Standing> {
  const baselines = files.filter(({ name, replaces }) => replaces.length > 0 && !applied.has(name));
  return new Map(baselines.map(({ name, replaces }) => [name, standingOf(replaces, applied, halfDone)]));
}

function stateOf(
  file: MigrationFile | null,
  row: AppliedMigration | null,
  halfDone: boolean,
  newestApplied: string,
  newestFile: string,
  name: string,
): MigrationState {
  if (row !== null && halfDone) return 'half undone';
  if (row === null && file === null) return 'half done, file missing';
  if (file === null) return name > newestFile ? 'unknown' : 'file missing';
  if (row !== null) return row.checksum === file.checksum ? 'applied' : 'edited';
  if (halfDone) return 'half done';
  return name < newestApplied ? 'out of order' : 'pending';
}

function maximum(names: readonly string[]): string {
  return names.toSorted().at(-1) ?? '';
}
