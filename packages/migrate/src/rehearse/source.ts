import { join } from 'node:path';
import type { DomainConfig } from '../config/config.ts';
import { openSession } from '../connect/session.ts';
import type { Target } from '../connect/target.ts';
import { inDomain } from '../errors/db-error.ts';
import { connectionCode, fromConnection } from '../errors/from-driver.ts';
import { type ParsedMigration, parseMigration } from '../files/parse-migration.ts';
import { readHistory } from '../files/read-history.ts';
import { requirePurposes } from '../files/unsaid-purpose.ts';
import { isProduction } from '../history/production.ts';
import { readHistoryOf } from '../history/read.ts';
import { planMigrations } from '../plan/plan.ts';
import { refusal } from '../plan/refusal.ts';
import { loadGrammar } from '../sql/parse.ts';
import { touchedObjects } from '../sql/touches.ts';

/** What is to be rehearsed, and on what. */
export interface Source {
  /** What the copy has had, in name order. */
  readonly applied: readonly ParsedMigration[];
  readonly pending: readonly ParsedMigration[];
  readonly production: boolean;
  readonly serverVersion: number;
}

export interface SourceOptions {
  readonly root: string;
  /** Late migrations that `migrate` would be allowed, too. */
  readonly allowLate: ReadonlySet<string>;
  /** The last migration to rehearse. Undefined: all. */
  readonly to: string | undefined;
}

/** What `migrate` would apply to a database; read-only. It refuses what `migrate` refuses.
 *  @throws {DbError} DB_MIGRATION_*, DB_HALF_DONE, DB_FILE_*, and what connecting can throw */
export async function readSource(domain: DomainConfig, target: Target, options: SourceOptions): Promise<Source> {
  try {
    const files = await readHistory(join(options.root, domain.migrations), options.root);
    await loadGrammar();
    await using session = await openSession(target, { app: `db rehearse ${domain.name}`, readOnly: true });
    try {
      const plan = planMigrations(files, await readHistoryOf(session, domain.name));
      const byName = new Map(files.map((file) => [file.name, file]));
      const touched = (name: string) => {
        const file = byName.get(name);
        return file === undefined ? new Set<string>() : touchedObjects(parseMigration(file).statements);
      };
      const refused = refusal(plan, touched, options.allowLate);
      if (refused !== null) throw refused;
      const pending = plan.pending.filter(({ name }) => options.to === undefined || name <= options.to);
      requirePurposes(pending);
      const applied = plan.migrations.flatMap(({ file, applied: row }) =>
        file !== null && row !== null ? [file] : [],
      );
      const production = await isProduction(session);
      return {
        ...{ production, serverVersion: session.serverVersion },
        applied: applied.map(parseMigration),
        pending: pending.map(parseMigration),
      };
    } catch (error) {
      throw connectionCode(error) === undefined ? error : fromConnection(error, target);
    }
  } catch (error) {
    throw inDomain(error, domain.name);
  }
}
