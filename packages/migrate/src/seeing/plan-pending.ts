import { join } from 'node:path';
import { readCatalog } from '../catalog/read-catalog.ts';
import type { DomainConfig } from '../config/config.ts';
import { openSession } from '../connect/session.ts';
import type { Target } from '../connect/target.ts';
import { readRecording } from '../drift/recording.ts';
import { inDomain } from '../errors/db-error.ts';
import { connectionCode, fromConnection } from '../errors/from-driver.ts';
import { parseMigration } from '../files/parse-migration.ts';
import { readHistory } from '../files/read-history.ts';
import { requirePurposes } from '../files/unsaid-purpose.ts';
import { historyPresence } from '../history/ensure.ts';
import { EMPTY_HISTORY, readHistoryState } from '../history/read.ts';
import { planMigrations } from '../plan/plan.ts';
import { refusal } from '../plan/refusal.ts';
import type { PendingDomain } from '../script/pending.ts';
import { loadGrammar } from '../sql/parse.ts';
import { touchedObjects } from '../sql/touches.ts';

/** What `migrate` would apply to a database, for a script; read-only. It refuses what `migrate` refuses.
 *  @throws {DbError} DB_MIGRATION_EDITED, DB_MIGRATION_MISSING, DB_MIGRATION_FORKED, DB_MIGRATION_OVERLAP, DB_HALF_DONE, DB_FILE_*, and what
 *  connecting can throw */
export async function planPending(domain: DomainConfig, root: string, target: Target): Promise<PendingDomain> {
  try {
    const files = await readHistory(join(root, domain.migrations), root);
    await using session = await openSession(target, { app: `db script ${domain.name}`, readOnly: true });
    try {
      await loadGrammar();
      const present = (await historyPresence(session)) === 'present';
      const plan = planMigrations(files, present ? await readHistoryState(session.sql, domain.name) : EMPTY_HISTORY);
      const byName = new Map(files.map((file) => [file.name, file]));
      const refused = refusal(plan, (name) => {
        const file = byName.get(name);
        return file === undefined ? new Set() : touchedObjects(parseMigration(file).statements);
      });
      if (refused !== null) throw refused;
      requirePurposes(plan.pending);
      const isRecorded = present && (await readRecording(session.sql, domain.name)).expected !== null;
      const base = isRecorded ? await readCatalog(session.sql, [domain.schema]) : null;
      const { backfills } = await domain.load();
      return { name: domain.name, migrations: plan.pending.map(parseMigration), base, backfills };
    } catch (error) {
      throw connectionCode(error) === undefined ? error : fromConnection(error, target);
    }
  } catch (error) {
    throw inDomain(error, domain.name);
  }
}
