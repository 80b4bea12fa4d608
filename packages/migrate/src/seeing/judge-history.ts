import { isContract } from '../contract/is-contract.ts';
import type { ErrorCode } from '../errors/codes.ts';
import type { MigrationState, Plan, PlannedMigration } from '../plan/plan.ts';

/** Gravest first. A state that is not named here keeps nobody from being ready. */
const NOT_READY = [
  ['DB_MIGRATION_EDITED', ['edited']],
  ['DB_BASELINE', ['half replaced']],
  ['DB_HALF_DONE', ['half undone', 'half done, file missing']],
  ['DB_PENDING', ['pending', 'out of order', 'half done']],
] as const satisfies readonly (readonly [ErrorCode, readonly MigrationState[]])[];

export interface HistoryVerdict {
  /** `OK`, or the code of the gravest state. */
  readonly code: 'OK' | (typeof NOT_READY)[number][0];
  /** Migrations of the gravest state's code, in name order; empty with `OK`. */
  readonly gravest: readonly PlannedMigration[];
  /** Everything that is not applied as it is in this build, in name order. */
  readonly open: readonly PlannedMigration[];
  /** Applied migrations that this build does not have: a newer one made them. A late one of those is older than our newest. */
  readonly ahead: readonly string[];
  /** Contract migrations that are not applied yet. They wait for older builds, and this one does not need them. */
  readonly contracts: readonly string[];
}

const WAITING: ReadonlySet<MigrationState> = new Set(['pending', 'out of order']);

/** A contract migration that may still wait: it takes away only what this build does not use. */
export function isWaitingContract({ file, state }: PlannedMigration): boolean {
  return file !== null && WAITING.has(state) && isContract(file);
}

/** Whether a database has every migration of this build as it is here: `verify` and `waitForSchema` say the same. Pure. */
export function judgeHistory({ migrations }: Plan): HistoryVerdict {
  const newestFile = migrations.findLast(({ file }) => file !== null)?.name ?? '';
  // Newer than all of ours: a newer build may be at work on it, and its old instances go on serving meanwhile.
  const isNewer = ({ name, state }: PlannedMigration) => state === 'half done, file missing' && name > newestFile;
  const of = (states: readonly MigrationState[]) =>
    migrations.filter(
      (migration) => states.includes(migration.state) && !isNewer(migration) && !isWaitingContract(migration),
    );
  const ahead = [...of(['unknown', 'file missing']), ...migrations.filter(isNewer)].map(({ name }) => name);
  const contracts = migrations.filter(isWaitingContract).map(({ name }) => name);
  const open = of(NOT_READY.flatMap(([, states]) => states));
  for (const [code, states] of NOT_READY) {
    const gravest = of(states);
    if (gravest.length > 0) return { code, gravest, open, ahead, contracts };
  }
  return { code: 'OK', gravest: [], open, ahead, contracts };
}
