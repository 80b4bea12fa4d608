import { readCatalog } from '../catalog/read-catalog.ts';
import type { DomainConfig } from '../config/config.ts';
import { openSession, type Session } from '../connect/session.ts';
import type { Target } from '../connect/target.ts';
import type { DriftDifference } from '../drift/differences.ts';
import { readRecording, writeExpected } from '../drift/recording.ts';
import { settleRecording } from '../drift/with-recorded-catalog.ts';
import { inDomain } from '../errors/db-error.ts';
import { connectionCode, fromConnection } from '../errors/from-driver.ts';
import { parseHistory } from '../files/parse-history.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import { requirePurposes } from '../files/unsaid-purpose.ts';
import { ensureHistory, historyPresence } from '../history/ensure.ts';
import { EMPTY_HISTORY, readHistoryState } from '../history/read.ts';
import { insertApplied, journal } from '../history/write.ts';
import { type LockOptions, lockName, withLock } from '../lock/try-lock.ts';
import { type MigrationState, type Plan, planMigrations } from '../plan/plan.ts';
import { type Consequence, consequence } from './consequence.ts';
import { type MarkedAs, type MarkPlan, planMark } from './plan-mark.ts';
import { type Replay, tryReplay } from './replay.ts';

export interface MarkOptions {
  /** Folder that the domain's paths are relative to. */
  readonly root: string;
  readonly target: Target;
  readonly name: string;
  readonly as: MarkedAs;
  /** Record it. False: only show what would be recorded. */
  readonly yes: boolean;
  readonly replay: Replay;
  readonly lock: LockOptions;
  /** Recorded in the history. NULL: unknown. */
  readonly appVersion: string | null;
}

export interface MarkReport {
  readonly domain: string;
  readonly target: string;
  readonly name: string;
  readonly state: MigrationState;
  readonly as: MarkedAs;
  /** `nothing to do`: it was so already. `shown`: nothing was changed. */
  readonly outcome: 'marked' | 'shown' | 'nothing to do';
  /** Where the database is not what the mark says. NULL: nobody can tell, see `unknown`. */
  readonly differences: readonly DriftDifference[] | null;
  /** Why nobody can tell. NULL: it was compared, or there is nothing to do. */
  readonly unknown: string | null;
}

/** Records that a migration was finished, or taken back, by hand: it runs nothing. Says before where the catalog does not bear it out.
 *  The recorded catalog advances with it, so that `drift` names what is lacking.
 *  @throws {DbError} DB_MARK, DB_MIGRATION_UNKNOWN, DB_GENERATE, DB_FILE_PURPOSE and its like, and what connecting and locking can throw */
export async function markDomain(domain: DomainConfig, options: MarkOptions): Promise<MarkReport> {
  const { target, yes, lock, name } = options;
  try {
    const files = await parseHistory(domain, options.root);
    await using session = await openSession(target, { app: `db mark ${domain.name}`, readOnly: !yes });
    try {
      const shown = await look(session, domain, files, options);
      const report = { domain: domain.name, target: target.label, name, as: options.as };
      const about = {
        ...report,
        state: shown.mark.migration.state,
        differences: shown.consequence?.differences ?? null,
        unknown: shown.unknown,
      };
      if (shown.mark.act === 'nothing') return { ...about, outcome: 'nothing to do' };
      if (!yes) return { ...about, outcome: 'shown' };
      await ensureHistory(session, lock);
      await withLock(session, lockName.domain(domain.name), lock, async () => {
        await settleRecording(session, domain);
        // Under the lock once more: another migrator may have been at work.
        await record(session, domain, files, await look(session, domain, files, options), options);
      });
      return { ...about, outcome: 'marked' };
    } catch (error) {
      throw connectionCode(error) === undefined ? error : fromConnection(error, target);
    }
  } catch (error) {
    throw inDomain(error, domain.name);
  }
}

interface Look {
  readonly mark: MarkPlan;
  /** NULL: there is nothing to do, or nobody can tell, see `unknown`. */
  readonly consequence: Consequence | null;
  readonly unknown: string | null;
}

async function look(
  session: Session,
  domain: DomainConfig,
  files: readonly ParsedMigration[],
  { name, as, replay }: MarkOptions,
): Promise<Look> {
  const present = (await historyPresence(session)) === 'present';
  const history = present ? await readHistoryState(session.sql, domain.name) : EMPTY_HISTORY;
  const plan = planMigrations(files, history);
  const mark = planMark(plan, name, as);
  const file = files.find((candidate) => candidate.name === name);
  if (mark.act === 'nothing') return { mark, consequence: null, unknown: null };
  if (mark.act === 'insert row' && file !== undefined) requirePurposes([file]);
  if (file === undefined && mark.migration.state !== 'half done, file missing')
    return { mark, consequence: null, unknown: 'this build does not have its file' };
  const others = appliedBeside(plan, files, name);
  const without = await tryReplay(replay, others);
  if (!without.ok) return { mark, consequence: null, unknown: without.why };
  const recorded = present ? (await readRecording(session.sql, domain.name)).expected : null;
  const live = await readCatalog(session.sql, [domain.schema]);
  // What its statements did is not known any more; taken back, they leave what the other files give.
  if (file === undefined)
    return { mark, consequence: consequence(recorded, recorded ?? live, without.catalog, live), unknown: null };
  const having = await tryReplay(replay, [...others, file]);
  if (!having.ok) return { mark, consequence: null, unknown: having.why };
  const [before, after] = as === 'applied' ? ([without, having] as const) : ([having, without] as const);
  return { mark, consequence: consequence(recorded, before.catalog, after.catalog, live), unknown: null };
}

function appliedBeside(
  { migrations }: Plan,
  files: readonly ParsedMigration[],
  name: string,
): readonly ParsedMigration[] {
  const applied = new Set(migrations.filter((one) => one.applied !== null).map((one) => one.name));
  return files.filter((file) => file.name !== name && applied.has(file.name));
}

async function record(
  session: Session,
  domain: DomainConfig,
  files: readonly ParsedMigration[],
  { mark: { act, migration }, consequence: follows }: Look,
  { name, as, appVersion }: MarkOptions,
): Promise<void> {
  if (act === 'nothing') return;
  const file = files.find((candidate) => candidate.name === name);
  await session.sql.begin(async (tx) => {
    if (act === 'insert row' && file !== undefined)
      await insertApplied(tx, file, { domain: domain.name, appVersion, late: migration.state === 'out of order' });
    if (act === 'delete row') await tx`DELETE FROM migrations.applied WHERE domain = ${domain.name} AND name = ${name}`;
    await tx`DELETE FROM migrations.steps WHERE domain = ${domain.name} AND name = ${name}`;
    // What is pending runs its backfills again.
    for (const backfill of as === 'pending' ? (file?.header.afterBackfill ?? []) : [])
      await tx`DELETE FROM migrations.backfills WHERE domain = ${domain.name} AND name = ${backfill}`;
    if (follows !== null && follows.expected !== null) await writeExpected(session.sql, domain.name, follows.expected);
    const differences = follows?.differences.length ?? null;
    await journal(tx, domain.name, name, `marked ${as}`, { was: migration.state, differences, appVersion });
  });
}
