import { join } from 'node:path';
import type { DomainConfig } from '../config/config.ts';
import { openSession } from '../connect/session.ts';
import type { Target } from '../connect/target.ts';
import { connectedBuilds } from '../contract/connected-builds.ts';
import { type HeldContract, olderBuilds } from '../contract/hold-back.ts';
import { inDomain } from '../errors/db-error.ts';
import { connectionCode, fromConnection } from '../errors/from-driver.ts';
import { readHistory } from '../files/read-history.ts';
import { type Recording, readHistoryOf } from '../history/read.ts';
import { type BegunSteps, readBegunSteps } from '../history/read-steps.ts';
import { type Plan, planMigrations } from '../plan/plan.ts';
import { isWaitingContract } from '../seeing/judge-history.ts';

/** Files against history, and how far what is half done has come. */
export interface Status extends Plan {
  /** By name of the migration; empty where nothing is half done or half undone. */
  readonly begun: ReadonlyMap<string, BegunSteps>;
  readonly recording: Recording;
  /** Contract migrations that are to be applied, and the builds that they wait for. */
  readonly contracts: readonly HeldContract[];
}

/** Compares a domain's files with its history. Read-only, and takes no lock of ours.
 *  @throws {DbError} DB_FOLDER_MISSING, DB_FILE_*, and what connecting can throw */
export async function statusDomain(domain: DomainConfig, root: string, target: Target): Promise<Status> {
  try {
    const files = await readHistory(join(root, domain.migrations), root);
    await using session = await openSession(target, { app: `db status ${domain.name}`, readOnly: true });
    try {
      const history = await readHistoryOf(session, domain.name);
      const begun = history.halfDone.size === 0 ? new Map() : await readBegunSteps(session.sql, domain.name);
      const plan = planMigrations(files, history);
      const waiting = plan.migrations.filter(isWaitingContract);
      const builds = waiting.length === 0 ? [] : await connectedBuilds(session.sql, domain.name);
      const contracts = waiting.map(({ name }) => ({ name, builds: olderBuilds(name, builds) }));
      return { ...plan, begun, recording: history.recording, contracts };
    } catch (error) {
      throw connectionCode(error) === undefined ? error : fromConnection(error, target);
    }
  } catch (error) {
    throw inDomain(error, domain.name);
  }
}
