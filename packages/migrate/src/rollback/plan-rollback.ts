import { countOf } from '../errors/count-of.ts';
import { DbError } from '../errors/db-error.ts';
import type { MigrationFile } from '../files/migration-file.ts';
import { parseMigration } from '../files/parse-migration.ts';
import { overlap, touchedObjects } from '../sql/touches.ts';
import { chooseDown, type NoWayBack, type RollbackStep } from './choose-down.ts';
import type { RollbackExtent } from './extent.ts';
import type { StoredHistory, StoredMigration } from './read-stored.ts';
import { selectExtent } from './select-extent.ts';

export interface RollbackPlan {
  /** In the order in which they are undone: newest first; a late migration before those that were there when it was applied. */
  readonly steps: readonly RollbackStep[];
  /** The newest migration that stays applied. NULL: none does. */
  readonly stays: string | null;
}

/** Decides what to undo, or refuses all of it: every down is found and parsed before the first one runs. Touches neither disk nor
 *  database; the grammar must be loaded.
 *  @throws {DbError} DB_DOWN_MISSING, DB_DOWN_DIFFERS, DB_IRREVERSIBLE, DB_HALF_DONE, DB_MIGRATION_OVERLAP, DB_MIGRATION_UNKNOWN,
 *  DB_ROLLBACK_STALE, DB_BASELINE, DB_USAGE, DB_FILE_* */
export function planRollback(
  files: readonly MigrationFile[],
  history: StoredHistory,
  extent: RollbackExtent,
): RollbackPlan {
  const byName = new Map(files.map((file) => [file.name, file]));
  const undone = selectExtent(history.applied, withoutBaseline(extent, files, history));
  if (undone.length > 0) refuseHalfDone(history);
  refuseWithinBaseline(files, history, undone);
  const chosen = undone.map((stored) => chooseDown(stored, byName.get(stored.name)));
  const reasons = chosen.flatMap((choice) => (choice.ok ? [] : [choice.reason]));
  if (reasons.length > 0) throw noWayBack(reasons);
  const steps = chosen.flatMap((choice) => (choice.ok ? [choice.step] : []));
  refuseLate(history.applied, undone, steps, byName);
  const gone = new Set(undone.map(({ name }) => name));
  const staying = history.applied.map(({ name }) => name).filter((name) => !gone.has(name));
  return { steps, stays: staying.sort().at(-1) ?? null };
}

/** To a baseline that counts as applied by the older ones is to the newest of those. */
function withoutBaseline(
  extent: RollbackExtent,
  files: readonly MigrationFile[],
  { applied }: StoredHistory,
): RollbackExtent {
  if (extent.kind !== 'to' || applied.some(({ name }) => name === extent.name)) return extent;
  const parts = new Set(files.find(({ name }) => name === extent.name)?.replaces.map(({ name }) => name));
  const newest = applied.findLast(({ name }) => parts.has(name));
  return newest === undefined ? extent : { kind: 'to', name: newest.name };
}

/** Undone in part, what a baseline stands for could be applied by no file of this build again. */
function refuseWithinBaseline(
  files: readonly MigrationFile[],
  { applied }: StoredHistory,
  undone: readonly StoredMigration[],
): void {
  const gone = new Set(undone.map(({ name }) => name));
  for (const { name: baseline, replaces } of files) {
    const parts = new Set(replaces.map(({ name }) => name));
    const there = applied.map(({ name }) => name).filter((name) => parts.has(name));
    if (!there.some((name) => gone.has(name)) || there.every((name) => gone.has(name))) continue;
    throw new DbError('DB_BASELINE', {
      why: `${baseline} stands for ${countOf(there.length, 'migration')} of this database, and only some of them would be undone`,
      fix: 'undo them with a build from before the squash; or all of them: --all',
      changed: 'nothing was changed',
    });
  }
}

/** A half-done way up has left objects that no down of another migration knows, and steps that would count as done afterwards. */
function refuseHalfDone({ applied, begun }: StoredHistory): void {
  const names = new Set(applied.map(({ name }) => name));
  const half = [...begun].filter((name) => !names.has(name));
  if (half.length === 0) return;
  throw new DbError('DB_HALF_DONE', {
    why: `${half.join(', ')}: begun and not finished`,
    fix: 'finish it first: run `pnpm db migrate`',
    changed: 'nothing was changed',
    data: { migrations: half },
  });
}

function noWayBack(reasons: readonly NoWayBack[]): DbError {
  const [first] = reasons;
  return new DbError(first?.code ?? 'DB_DOWN_MISSING', {
    why: reasons.map(({ name, why }) => `${name}: ${why}`).join('; '),
    changed: 'nothing was changed',
    data: { refused: reasons },
  });
}

/** A late migration that stays, although it came after a step and touches what the step touches, may stand on it. */
function refuseLate(
  applied: readonly StoredMigration[],
  undone: readonly StoredMigration[],
  steps: readonly RollbackStep[],
  files: ReadonlyMap<string, MigrationFile>,
): void {
  const gone = new Set(undone.map(({ name }) => name));
  const staying = applied.filter(({ name, late }) => late && !gone.has(name));
  for (const late of staying) {
    const touched = touchedBy(late, files.get(late.name));
    const step = steps.find(
      ({ name, down }, index) =>
        name > late.name &&
        (undone[index]?.appliedAt ?? late.appliedAt) < late.appliedAt &&
        overlap(touchedObjects(down.statements), touched),
    );
    if (step === undefined) continue;
    throw new DbError('DB_MIGRATION_OVERLAP', {
      why: `${late.name} was applied late, after ${step.name}, touches what that touches, and would stay`,
      fix: `undo both: \`db rollback --to\` a migration older than ${late.name}`,
      changed: 'nothing was changed',
      data: { questions: [{ type: 'late-overlap', late: late.name, applied: step.name }] },
    });
  }
}

/** What a migration touches; anything, where neither its file nor its down tells. */
function touchedBy(stored: StoredMigration, file: MigrationFile | undefined): ReadonlySet<string> {
  if (file?.checksum === stored.checksum) return touchedObjects(parseMigration(file).statements);
  const chosen = chooseDown(stored, file);
  return chosen.ok ? touchedObjects(chosen.step.down.statements) : new Set(['*']);
}
