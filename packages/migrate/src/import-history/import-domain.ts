import { type Catalog, readCatalog } from '../catalog/read-catalog.ts';
import type { DomainConfig } from '../config/config.ts';
import { openSession, type Session } from '../connect/session.ts';
import type { Target } from '../connect/target.ts';
import { type DriftDifference, driftDifferences } from '../drift/differences.ts';
import { writeExpected } from '../drift/recording.ts';
import { DbError, inDomain } from '../errors/db-error.ts';
import { connectionCode, fromConnection } from '../errors/from-driver.ts';
import { parseHistory } from '../files/parse-history.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import { ensureHistory, historyPresence } from '../history/ensure.ts';
import { EMPTY_HISTORY, readHistoryState } from '../history/read.ts';
import { insertApplied, journal } from '../history/write.ts';
import { type LockOptions, lockName, withLock } from '../lock/try-lock.ts';
import { type Replay, tryReplay } from '../repair/replay.ts';
import { type LedgerTool, readLedger } from './ledger.ts';
import { type LedgerMatch, type Matched, matchLedger } from './match-ledger.ts';

export interface ImportOptions {
  /** Folder that the domain's paths are relative to. */
  readonly root: string;
  readonly target: Target;
  readonly from: LedgerTool;
  /** `schema.table` of the ledger. */
  readonly table: string;
  /** Record it. False: only show what would be recorded. */
  readonly yes: boolean;
  readonly replay: Replay;
  readonly lock: LockOptions;
}

export interface ImportReport {
  readonly domain: string;
  readonly target: string;
  /** What is recorded as applied, in name order, and whether the ledger's hash is that of the file (NULL: it keeps none). */
  readonly imported: readonly { readonly name: string; readonly sameText: boolean | null }[];
  /** Files that the other tool passed over though it knew newer ones: they are pending here. */
  readonly skipped: readonly string[];
  /** Where the database is not what these migrations give on an empty one. NULL: nobody can tell, see `unknown`. */
  readonly differences: readonly DriftDifference[] | null;
  readonly unknown: string | null;
  readonly outcome: 'imported' | 'shown' | 'nothing to do';
}

/** Takes over what another tool has recorded as applied: it runs nothing and leaves the other tool's table as it is. Every row must be
 *  one of the domain's files. The catalog that the files give is recorded, so that `drift` names what the claim lacks.
 *  @throws {DbError} DB_LEDGER, DB_GENERATE, DB_FILE_*, and what connecting and locking can throw */
export async function importDomain(domain: DomainConfig, options: ImportOptions): Promise<ImportReport> {
  const { target, yes, lock } = options;
  try {
    const files = await parseHistory(domain, options.root);
    await using session = await openSession(target, { app: `db import-history ${domain.name}`, readOnly: !yes });
    try {
      const { match, fresh, claimed, differences, unknown } = await look(session, domain, files, options);
      const report = {
        domain: domain.name,
        target: target.label,
        imported: fresh.map(({ file, sameText }) => ({ name: file.name, sameText })),
        skipped: match.skipped,
        differences,
        unknown,
      };
      if (fresh.length === 0) return { ...report, outcome: 'nothing to do' };
      if (!yes) return { ...report, outcome: 'shown' };
      await ensureHistory(session, lock);
      await withLock(session, lockName.domain(domain.name), lock, () =>
        record(session, domain, files, fresh, claimed, options.from),
      );
      return { ...report, outcome: 'imported' };
    } catch (error) {
      throw connectionCode(error) === undefined ? error : fromConnection(error, target);
    }
  } catch (error) {
    throw inDomain(error, domain.name);
  }
}

interface Look {
  readonly match: LedgerMatch;
  /** Matched, and not in our history yet. */
  readonly fresh: readonly Matched[];
  /** What the migrations give that are applied by then. NULL: they do not run on a scratch database. */
  readonly claimed: Catalog | null;
  readonly differences: readonly DriftDifference[] | null;
  readonly unknown: string | null;
}

async function look(
  session: Session,
  domain: DomainConfig,
  files: readonly ParsedMigration[],
  { from, table, replay }: ImportOptions,
): Promise<Look> {
  const match = matchLedger(await readLedger(session.sql, from, table), files);
  refuseUnmatched(match, table);
  const present = (await historyPresence(session)) === 'present';
  const history = present ? await readHistoryState(session.sql, domain.name) : EMPTY_HISTORY;
  const known = new Set(history.applied.map(({ name }) => name));
  const fresh = match.applied.filter(({ file }) => !known.has(file.name));
  if (fresh.length === 0) return { match, fresh, claimed: null, differences: [], unknown: null };
  const applied = new Set([...known, ...fresh.map(({ file }) => file.name)]);
  const replayed = await tryReplay(
    replay,
    files.filter(({ name }) => applied.has(name)),
  );
  if (!replayed.ok) return { match, fresh, claimed: null, differences: null, unknown: replayed.why };
  const live = await readCatalog(session.sql, [domain.schema]);
  return {
    match,
    fresh,
    claimed: replayed.catalog,
    differences: driftDifferences(replayed.catalog, live),
    unknown: null,
  };
}

function refuseUnmatched({ withoutFile, ambiguous }: LedgerMatch, table: string): void {
  const parts = [
    ...(withoutFile.length === 0 ? [] : [`no file for ${withoutFile.join(', ')}`]),
    ...(ambiguous.length === 0 ? [] : [`more than one file for ${ambiguous.join(', ')}`]),
  ];
  if (parts.length === 0) return;
  throw new DbError('DB_LEDGER', {
    why: `expected one file for each row of ${table}, got ${parts.join('; ')}`,
    changed: 'nothing was changed',
    data: { withoutFile, ambiguous },
  });
}

async function record(
  session: Session,
  domain: DomainConfig,
  files: readonly ParsedMigration[],
  fresh: readonly Matched[],
  claimed: Catalog | null,
  from: LedgerTool,
): Promise<void> {
  const parsed = new Map(files.map((file) => [file.name, file]));
  await session.sql.begin(async (tx) => {
    for (const { file, sameText } of fresh) {
      const migration = parsed.get(file.name);
      if (migration === undefined) continue;
      await insertApplied(tx, migration, { domain: domain.name, appVersion: null, late: false });
      await journal(tx, domain.name, file.name, 'imported', { from, sameText });
    }
    if (claimed !== null) await writeExpected(session.sql, domain.name, claimed);
  });
}
