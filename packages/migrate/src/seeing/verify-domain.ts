import { join } from 'node:path';
import { readHalfAdoption } from '../adopt/store.ts';
import { declaredRelations, missingRelations } from '../catalog/missing-relations.ts';
import type { DomainConfig, DomainModule } from '../config/config.ts';
import { openSession, type Session } from '../connect/session.ts';
import type { Target } from '../connect/target.ts';
import { inDomain } from '../errors/db-error.ts';
import { connectionCode, fromConnection } from '../errors/from-driver.ts';
import type { MigrationFile } from '../files/migration-file.ts';
import { readHistory } from '../files/read-history.ts';
import { readHistoryOf } from '../history/read.ts';
import { relationName } from '../objects/relation.ts';
import { planMigrations } from '../plan/plan.ts';
import { loadGrammar } from '../sql/parse.ts';
import { ifNotLocked } from './if-not-locked.ts';
import { judgeReadiness, type Readiness } from './judge-readiness.ts';
import { type CatalogVerdict, verifyCatalog } from './verify-catalog.ts';

/** Longest wait for a table that somebody holds in ACCESS EXCLUSIVE, in milliseconds: below deadlock_timeout, and an answer comes. */
const LOCK_TIMEOUT_MS = 50;

export interface VerifyReport extends Readiness {
  readonly domain: string;
  /** `user@host:port/database`. */
  readonly target: string;
  readonly catalog: CatalogVerdict['state'];
  /** Names of the applied migrations, oldest first. */
  readonly applied: readonly string[];
  /** Declared tables and views that are there, as `schema.name`. */
  readonly tables: readonly string[];
  /** Reference rows that are there, as `table key`; empty unless asked for. */
  readonly rows: readonly string[];
  /** Whole milliseconds from the open connection to the answer. */
  readonly ms: number;
}

/** Says whether a domain's database is what this build needs: history at head, catalog equal to the recorded one by its fingerprint,
 *  declared tables and reference rows there. Read-only; nothing stronger than ACCESS SHARE, and no wait for a lock beyond 50 ms.
 *  @throws {DbError} DB_FOLDER_MISSING, DB_FILE_*, DB_CONFIG, and what connecting can throw */
export async function verifyDomain(
  domain: DomainConfig,
  root: string,
  target: Target,
  { listRows = false }: { readonly listRows?: boolean } = {},
): Promise<VerifyReport> {
  try {
    const files = await readHistory(join(root, domain.migrations), root);
    const [declared] = await Promise.all([domain.load(), loadGrammar()]);
    await using session = await openSession(target, { app: `db verify ${domain.name}`, readOnly: true });
    try {
      const report = await verify(session, domain, files, declared);
      if (!listRows || declared.seed.present === undefined || report.tables.length === 0) return report;
      return { ...report, rows: (await ifNotLocked(declared.seed.present(session.sql))) ?? [] };
    } catch (error) {
      throw connectionCode(error) === undefined ? error : fromConnection(error, target);
    }
  } catch (error) {
    throw inDomain(error, domain.name);
  }
}

async function verify(
  session: Session,
  domain: DomainConfig,
  files: readonly MigrationFile[],
  { schema, seed }: DomainModule,
): Promise<VerifyReport> {
  const started = performance.now();
  const { sql } = session;
  await sql`SELECT set_config('lock_timeout', ${`${LOCK_TIMEOUT_MS}ms`}, false)`;
  const history = await readHistoryOf(session, domain.name);
  const catalog = await verifyCatalog(session, domain, history);
  const missing = await missingRelations(sql, schema);
  const missingRows = missing.length > 0 ? [] : await ifNotLocked(seed.missing(sql));
  const adoption = await readHalfAdoption(sql, domain.name);
  const declared = declaredRelations(schema).map((relation) => relationName(relation));
  return {
    domain: domain.name,
    target: session.target.label,
    ...judgeReadiness({ plan: planMigrations(files, history), catalog, missing, missingRows, adoption }),
    catalog: catalog.state,
    applied: history.applied.map(({ name }) => name),
    tables: declared
      .map(({ schema: owner, name }) => `${owner}.${name}`)
      .filter((name) => !missing.includes(name))
      .sort(),
    rows: [],
    ms: Math.round(performance.now() - started),
  };
}
