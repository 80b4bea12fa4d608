import { DbError } from '../errors/db-error.ts';
import type { Plan, PlannedMigration } from '../plan/plan.ts';

/** What a person says of a migration that was finished, or taken back, by hand. */
export type MarkedAs = 'applied' | 'pending';

/** What a mark does to the history. `steps only`: the row is right, a half-done way is over. */
export type MarkAct = 'insert row' | 'delete row' | 'steps only' | 'nothing';

export interface MarkPlan {
  readonly migration: PlannedMigration;
  readonly act: MarkAct;
}

/** Decides whether a migration may be marked, and what that does. The order of the history is kept: nothing is marked as applied over a
 *  pending one, nor as pending under an applied one. Pure.
 *  @throws {DbError} DB_MIGRATION_UNKNOWN, DB_MARK */
export function planMark(plan: Plan, name: string, as: MarkedAs): MarkPlan {
  const migration = plan.migrations.find((candidate) => candidate.name === name);
  if (migration === undefined)
    throw new DbError('DB_MIGRATION_UNKNOWN', { why: `expected the name of a migration, got ${name}` });
  return { migration, act: as === 'applied' ? asApplied(plan, migration) : asPending(plan, migration) };
}

function asApplied({ pending }: Plan, { name, state }: PlannedMigration): MarkAct {
  switch (state) {
    case 'pending':
    case 'out of order':
    case 'half done': {
      const older = pending.filter((file) => file.name < name).map((file) => file.name);
      if (older.length > 0)
        throw refuse(`${older.join(', ')} is older and pending`, 'apply or mark the older ones first');
      return 'insert row';
    }
    case 'half undone':
      return 'steps only';
    case 'half done, file missing':
      throw refuse('its file is not there', 'restore the folder from version control');
    case 'half replaced':
      throw refuse('some of what it stands for is applied', 'finish that with a build from before the squash');
    case 'edited':
      throw refuse('its text differs from what was applied', '`pnpm db repair` accepts the text of the file');
    case 'applied':
    case 'file missing':
    case 'replaced':
    case 'unknown':
      return 'nothing';
  }
}

function asPending({ migrations }: Plan, { name, state, applied }: PlannedMigration): MarkAct {
  if (applied !== null && applied.name !== name)
    throw refuse(
      'it counts as applied by the older ones that it replaces',
      'do it with a build from before the squash',
    );
  switch (state) {
    case 'half done':
    case 'half done, file missing':
      return 'steps only';
    case 'applied':
    case 'edited':
    case 'half undone': {
      const newer = migrations
        .filter((other) => other.name > name && other.applied !== null)
        .map((other) => other.name);
      if (newer.length > 0) throw refuse(`newer and applied: ${newer.join(', ')}`, 'undo or mark the newer ones first');
      return 'delete row';
    }
    case 'file missing':
      return 'delete row';
    case 'replaced':
      throw refuse('a baseline stands for it', 'do it with a build from before the squash');
    case 'unknown':
      throw refuse('a newer build applied it', 'do it with the build that has the file');
    case 'pending':
    case 'half replaced':
    case 'out of order':
      return 'nothing';
  }
}

function refuse(why: string, fix: string): DbError {
  return new DbError('DB_MARK', { why, fix, changed: 'nothing was changed' });
}
