import { DbError } from '../errors/db-error.ts';
import { overlap } from '../sql/touches.ts';
import { standingOf } from './baseline.ts';
import type { Plan, PlannedMigration } from './plan.ts';

/** The ways out for a migration that is half done and whose file is gone. */
export const ABANDONED_FIX =
  'restore the folder and run `pnpm db migrate`; or take back by hand what it did, and `pnpm db mark pending <name> --domain <domain>`';

/** Why a plan must not be carried out, or null. `touched` gives the objects that a file of this build names.
 *  Late files go through when they are disjoint from every newer applied file; where they overlap it is a person's decision. */
export function refusal(
  plan: Plan,
  touched: (name: string) => ReadonlySet<string>,
  allowLate: ReadonlySet<string> = new Set(),
): DbError | null {
  const of = (state: string) =>
    plan.migrations.filter((migration) => migration.state === state).map(({ name }) => name);
  const halfUndone = of('half undone');
  if (halfUndone.length > 0)
    return refuse('DB_HALF_DONE', 'a rollback of it has begun and is not finished', halfUndone);
  const abandoned = of('half done, file missing');
  if (abandoned.length > 0 && plan.pending.length > 0)
    return refuse('DB_HALF_DONE', 'some of its statements are done, and there is no file', abandoned, ABANDONED_FIX);
  const baseline = plan.migrations.find(({ state }) => state === 'half replaced');
  if (baseline !== undefined) return refuseBaseline(plan, baseline);
  const edited = of('edited');
  if (edited.length > 0) return refuse('DB_MIGRATION_EDITED', 'the text differs from what was applied', edited);
  const missing = of('file missing');
  if (missing.length > 0) return refuse('DB_MIGRATION_MISSING', 'applied, and there is no file', missing);
  const unknown = of('unknown');
  if (unknown.length > 0 && plan.pending.length > 0) {
    return refuse(
      'DB_MIGRATION_FORKED',
      `applied by a newer build, while ${plan.pending.length} of ours are pending`,
      unknown,
    );
  }
  return lateOverlap(plan, touched, allowLate);
}

function lateOverlap(
  plan: Plan,
  touched: (name: string) => ReadonlySet<string>,
  allowLate: ReadonlySet<string>,
): DbError | null {
  const pairs = plan.migrations
    .filter(({ name, state }) => state === 'out of order' && !allowLate.has(name))
    .flatMap((late) =>
      plan.migrations
        .filter(
          ({ name, state }) => state === 'applied' && name > late.name && overlap(touched(late.name), touched(name)),
        )
        .map(({ name }) => ({ late: late.name, applied: name })),
    );
  if (pairs.length === 0) return null;
  const byLate = Map.groupBy(pairs, ({ late }) => late);
  const allowed = [...allowLate, ...byLate.keys()].map((name) => `--allow-late ${name}`).join(' ');
  return new DbError('DB_MIGRATION_OVERLAP', {
    why: [...byLate]
      .flatMap(([late, over]) => [
        `${late} is late and touches what these touch:`,
        ...over.map((pair) => `  ${pair.applied}`),
      ])
      .join('\n'),
    fix: `read both; give the late one a newer timestamp, or apply it: \`pnpm db migrate --domain <domain> ${allowed}\``,
    changed: 'nothing was changed',
    data: { questions: pairs.map((pair) => ({ type: 'late-overlap', ...pair })) },
  });
}

/** The database is within what a baseline stands for, so that neither it nor its parts can be applied by this build. */
function refuseBaseline(plan: Plan, { name, file }: PlannedMigration): DbError {
  const applied = new Map(
    plan.migrations.flatMap(({ applied: row }) => (row === null ? [] : [[row.name, row] as const])),
  );
  const standing = standingOf(file?.replaces ?? [], applied, new Set());
  const { missing, otherText } = standing.as === 'some' ? standing : { missing: [], otherText: [] };
  const parts = [
    missing.length === 0 ? '' : `not applied: ${missing.join(', ')}`,
    otherText.length === 0 ? '' : `applied with another text: ${otherText.join(', ')}`,
  ].filter((part) => part !== '');
  return new DbError('DB_BASELINE', {
    why: `${name} stands for migrations that this database has in part; ${parts.join('; ') || 'one of them is half done'}`,
    fix:
      otherText.length === 0
        ? 'run `pnpm db migrate` with a build from before the squash, which has their files; then this one'
        : 'with a build from before the squash: restore or accept the texts (`pnpm db repair`), and squash again',
    changed: 'nothing was changed',
    data: { baseline: name, missing, otherText },
  });
}

function refuse(
  code: 'DB_MIGRATION_EDITED' | 'DB_MIGRATION_MISSING' | 'DB_MIGRATION_FORKED' | 'DB_HALF_DONE',
  why: string,
  names: readonly string[],
  fix?: string,
): DbError {
  return new DbError(code, {
    why: `${names.join(', ')}: ${why}`,
    ...(fix === undefined ? {} : { fix }),
    changed: 'nothing was changed',
    data: { migrations: names },
  });
}
