import { readCatalog } from '../catalog/read-catalog.ts';
import type { DomainConfig } from '../config/config.ts';
import { openSession, type Session } from '../connect/session.ts';
import type { Target } from '../connect/target.ts';
import { type DriftDifference, driftDifferences } from '../drift/differences.ts';
import { DbError, inDomain } from '../errors/db-error.ts';
import { connectionCode, fromConnection } from '../errors/from-driver.ts';
import { parseHistory } from '../files/parse-history.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import { historyPresence } from '../history/ensure.ts';
import { journal } from '../history/write.ts';
import { type LockOptions, lockName, withLock } from '../lock/try-lock.ts';
import { readStored, type StoredMigration } from '../rollback/read-stored.ts';
import type { Replay } from './replay.ts';

export interface RepairOptions {
  /** Folder that the domain's paths are relative to. */
  readonly root: string;
  readonly target: Target;
  /** Record the texts of the files. False: only show what would be recorded. */
  readonly yes: boolean;
  readonly replay: Replay;
  readonly lock: LockOptions;
}

/** An applied migration whose file is not what was applied. */
export interface Edit {
  readonly name: string;
  readonly up: 'edited' | 'same';
  /** `new`: none was stored. `removed`: there is no down.sql any more; the stored one stays. */
  readonly down: 'edited' | 'new' | 'removed' | 'same';
}

export interface RepairReport {
  readonly domain: string;
  readonly target: string;
  readonly edits: readonly Edit[];
  /** Where this database is not what the files now give on an empty one; not asked where no way up was edited. */
  readonly differences: readonly DriftDifference[];
  readonly outcome: 'repaired' | 'shown' | 'nothing to do';
}

/** Accepts the files' texts in place of those that were applied, after showing what the edits mean: it runs nothing, so what a new
 *  database would have otherwise is named.
 *  @throws {DbError} DB_HALF_DONE, DB_GENERATE, DB_FILE_*, and what connecting and locking can throw */
export async function repairDomain(domain: DomainConfig, options: RepairOptions): Promise<RepairReport> {
  const { root, target, yes, lock } = options;
  try {
    const files = await parseHistory(domain, root);
    await using session = await openSession(target, { app: `db repair ${domain.name}`, readOnly: !yes });
    try {
      const about = { domain: domain.name, target: target.label };
      const stored = await storedNow(session, domain);
      const edits = findEdits(stored, files);
      if (edits.length === 0) return { ...about, edits, differences: [], outcome: 'nothing to do' };
      const differences = edits.some(({ up }) => up === 'edited')
        ? await meaning(session, domain, stored, files, options)
        : [];
      if (!yes) return { ...about, edits, differences, outcome: 'shown' };
      await withLock(session, lockName.domain(domain.name), lock, async () => {
        for (const edit of findEdits(await storedNow(session, domain), files))
          await accept(session, domain, files, edit);
      });
      return { ...about, edits, differences, outcome: 'repaired' };
    } catch (error) {
      throw connectionCode(error) === undefined ? error : fromConnection(error, target);
    }
  } catch (error) {
    throw inDomain(error, domain.name);
  }
}

async function storedNow(session: Session, { name }: DomainConfig): Promise<readonly StoredMigration[]> {
  if ((await historyPresence(session)) === 'absent') return [];
  const { applied, begun } = await readStored(session.sql, name);
  if (begun.size === 0) return applied;
  // Its recorded steps belong to the texts of before.
  const why = `${[...begun].join(', ')}: begun and not finished`;
  throw new DbError('DB_HALF_DONE', {
    why,
    fix: 'finish it first: run the command again that was cut',
    changed: 'nothing was changed',
  });
}

/** Applied migrations whose file says something else than the history, in name order. Pure. */
export function findEdits(stored: readonly StoredMigration[], files: readonly ParsedMigration[]): readonly Edit[] {
  const byName = new Map(files.map((file) => [file.name, file]));
  return stored
    .flatMap(({ name, checksum, down }) => {
      const file = byName.get(name);
      if (file === undefined) return [];
      return [{ name, up: file.checksum === checksum ? 'same' : 'edited', down: downEdit(file, down) } as const];
    })
    .filter(({ up, down }) => up === 'edited' || down === 'edited' || down === 'new');
}

function downEdit({ down }: ParsedMigration, stored: StoredMigration['down']): Edit['down'] {
  if (down === null) return stored === null ? 'same' : 'removed';
  if (stored === null) return 'new';
  return stored.checksum === down.checksum ? 'same' : 'edited';
}

async function meaning(
  session: Session,
  domain: DomainConfig,
  stored: readonly StoredMigration[],
  files: readonly ParsedMigration[],
  { replay }: RepairOptions,
): Promise<readonly DriftDifference[]> {
  const applied = new Set(stored.map(({ name }) => name));
  const fresh = await replay(files.filter(({ name }) => applied.has(name)));
  return driftDifferences(fresh, await readCatalog(session.sql, [domain.schema]));
}

async function accept(
  session: Session,
  domain: DomainConfig,
  files: readonly ParsedMigration[],
  { name, up, down }: Edit,
): Promise<void> {
  const file = files.find((candidate) => candidate.name === name);
  if (file === undefined) return;
  await session.sql.begin(async (tx) => {
    await tx`
      UPDATE migrations.applied SET checksum = ${file.checksum}, down_sql = coalesce(${file.down?.sql ?? null}, down_sql),
        down_checksum = coalesce(${file.down?.checksum ?? null}, down_checksum)
      WHERE domain = ${domain.name} AND name = ${name}`;
    await journal(tx, domain.name, name, 'repaired', { up, down });
  });
}
