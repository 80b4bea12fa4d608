import { catalogToJson } from '../catalog/catalog.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import type { DomainConfig, DomainModule } from '../config/config.ts';
import { openSession, type Session } from '../connect/session.ts';
import type { Target } from '../connect/target.ts';
import { countOf } from '../errors/count-of.ts';
import { DbError, inDomain } from '../errors/db-error.ts';
import { connectionCode, fromConnection } from '../errors/from-driver.ts';
import { parseHistory } from '../files/parse-history.ts';
import { ensureHistory } from '../history/ensure.ts';
import { readHistoryOf } from '../history/read.ts';
import { type LockHolder, lockName, withLock } from '../lock/try-lock.ts';
import type { ScratchBuilder } from '../repair/replay.ts';
import { applyRest, applyTransaction } from './apply-adoption.ts';
import { type Look, look } from './look.ts';
import { type Point, readPoints } from './read-target.ts';
import { type AdoptReport, reportOf, storedReport } from './report.ts';
import { proofNotes, type RowProof, settleAdoption } from './settle-adoption.ts';
import { ensureAdoptions, halfDone, readAdoption, type StoredAdoption } from './store.ts';
import type { Watching } from './watched.ts';

export interface AdoptOptions extends Watching {
  /** Folder that the domain's paths are relative to. */
  readonly root: string;
  readonly target: Target;
  readonly scratch: ScratchBuilder;
  readonly fromSchema: string;
  readonly keepInPlace: boolean;
  readonly decisions: Readonly<Record<string, string>>;
  /** Do it. False: only show. */
  readonly yes: boolean;
  readonly lock: { readonly waitMs: number; readonly onWait: (holder: LockHolder | undefined) => void };
  readonly appVersion: string | null;
  readonly onEvent?: (event: AdoptEvent) => void;
}

export type AdoptEvent =
  | { readonly type: 'asking'; readonly query: string }
  | { readonly type: 'doing'; readonly about: string };

/** What an act of adoption works with. */
export interface AdoptRun {
  readonly session: Session;
  readonly domain: DomainConfig;
  readonly module: DomainModule;
  readonly points: readonly Point[];
  readonly options: AdoptOptions;
}

/** Brings the tables of a running system under a domain's history. What fits goes into one transaction, the rest is recorded step by
 *  step; cut at any moment it goes on when it is run again, and once it is through it finds nothing to do.
 *  @throws {DbError} DB_ADOPT_…, DB_GENERATE, DB_FILE_*, and what connecting and locking can throw */
export async function adoptDomain(domain: DomainConfig, options: AdoptOptions): Promise<AdoptReport> {
  return await onDomain(domain, options, async (run) => {
    const stored = await readAdoption(run.session.sql, domain.name);
    if (!options.yes)
      return stored === null
        ? reportOf(domain, options, await lookFirst(run), 'shown')
        : halfDone(stored)
          ? { ...storedReport(domain, options, stored, 'shown'), notes: ['it was cut: --yes goes on with it'] }
          : storedReport(domain, options, stored, 'nothing to do');
    await ensureHistory(run.session, options.lock);
    await ensureAdoptions(run.session, options.lock);
    return await withLock(run.session, lockName.domain(domain.name), options.lock, () => adopt(run));
  });
}

/** Opens what every act of adoption needs, and says of each failure in which domain it happened. */
export async function onDomain<T>(
  domain: DomainConfig,
  options: AdoptOptions,
  body: (run: AdoptRun) => Promise<T>,
): Promise<T> {
  try {
    const files = await parseHistory(domain, options.root);
    const module = await domain.load();
    const points = await readPoints(options.scratch, domain.schema, files);
    await using session = await openSession(options.target, { app: `db adopt ${domain.name}`, readOnly: !options.yes });
    try {
      return await body({ session, domain, module, points, options });
    } catch (error) {
      throw connectionCode(error) === undefined ? error : fromConnection(error, options.target);
    }
  } catch (error) {
    throw inDomain(error, domain.name);
  }
}

async function adopt(run: AdoptRun): Promise<AdoptReport> {
  const { session, domain, options } = run;
  const before = await readAdoption(session.sql, domain.name);
  if (before !== null && before.state !== 'adopting') return storedReport(domain, options, before, 'nothing to do');
  let seen: Look | null = null;
  if (before === null) {
    seen = await lookFirst(run);
    requireAnswers(seen, options);
    await applyTransaction(session, domain.name, seen, options);
  }
  const stored = before ?? (await readAdoption(session.sql, domain.name));
  if (stored === null) throw new DbError('DB_BUG', { why: 'an adoption left no record' });
  const proof = await carryOn(run, stored);
  const after = (await readAdoption(session.sql, domain.name)) ?? stored;
  const report =
    seen === null ? storedReport(domain, options, after, 'adopted') : reportOf(domain, options, seen, 'adopted');
  const notes = [...report.notes, ...proofNotes(proof)];
  return { ...report, retained: after.retained, waiting: after.waiting, notes };
}

async function carryOn(run: AdoptRun, stored: StoredAdoption): Promise<RowProof> {
  const { session, domain, options } = run;
  await applyRest(session, domain.name, domain.schema, stored.fromSchema, stored.work, options);
  return await settleAdoption(run, stored);
}

/** Looks at a database that is not under a history yet.
 *  @throws {DbError} DB_ADOPT_STATE, DB_ADOPT_NOTHING */
export async function lookFirst({ session, domain, module, points, options }: AdoptRun): Promise<Look> {
  const { applied } = await readHistoryOf(session, domain.name);
  if (applied.length > 0) {
    throw new DbError('DB_ADOPT_STATE', {
      why: `${countOf(applied.length, 'migration')} applied: the database is under its history already`,
      fix: 'run `pnpm db migrate`; `pnpm db drift` shows what differs',
      changed: 'nothing was changed',
    });
  }
  const onAsk = (query: string) => options.onEvent?.({ type: 'asking', query });
  const seen = await look(session, domain, module, points, { ...options, phase: 'adopt', onAsk });
  if (seen.plan.tables.length > 0) return seen;
  throw new DbError('DB_ADOPT_NOTHING', {
    why: `expected tables of the domain in schema ${options.fromSchema}, got none`,
    changed: 'nothing was changed',
  });
}

/** @throws {DbError} DB_ADOPT_DECISION with the questions that have no lossless answer */
export function requireAnswers({ plan }: Look, { decisions }: AdoptOptions): void {
  const open = plan.questions.filter(({ id, lossless }) => lossless === null && decisions[id] === undefined);
  if (open.length === 0) return;
  throw new DbError('DB_ADOPT_DECISION', {
    why: open.map(({ id, asks }) => `\n  "${id}": ${asks}`).join(''),
    changed: 'nothing was changed',
    data: { questions: open },
  });
}

/** The live catalog of the domain, as it is recorded. */
export async function liveCatalog({ session, domain }: Pick<AdoptRun, 'session' | 'domain'>): Promise<string> {
  return catalogToJson(await readCatalog(session.sql, [domain.schema]));
}
