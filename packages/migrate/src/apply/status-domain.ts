import { join } from 'node:path';
import type { DomainConfig } from '../config/config.ts';
import { openSession } from '../connect/session.ts';
import type { Target } from '../connect/target.ts';
import { inDomain } from '../errors/db-error.ts';
import { connectionCode, fromConnection } from '../errors/from-driver.ts';
import { readHistory } from '../files/read-history.ts';
import { historyPresence } from '../history/ensure.ts';
import { EMPTY_HISTORY, readHistoryState } from '../history/read.ts';
import { type Plan, planMigrations } from '../plan/plan.ts';

/** Compares a domain's files with its history. Read-only, and takes no lock of ours.
 *  @throws {DbError} DB_FOLDER_MISSING, DB_FILE_*, and what connecting can throw */
export async function statusDomain(domain: DomainConfig, root: string, target: Target): Promise<Plan> {
  try {
    const files = await readHistory(join(root, domain.migrations), root);
    await using session = await openSession(target, { app: `db status ${domain.name}`, readOnly: true });
    try {
      const present = (await historyPresence(session)) === 'present';
      return planMigrations(files, present ? await readHistoryState(session.sql, domain.name) : EMPTY_HISTORY);
    } catch (error) {
      throw connectionCode(error) === undefined ? error : fromConnection(error, target);
    }
  } catch (error) {
    throw inDomain(error, domain.name);
  }
}
