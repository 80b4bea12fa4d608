import { readAdoption, type StoredAdoption } from '../adopt/store.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import type { DomainConfig } from '../config/config.ts';
import { openSession, type Session } from '../connect/session.ts';
import type { Target } from '../connect/target.ts';
import { DbError, inDomain } from '../errors/db-error.ts';
import { connectionCode, fromConnection, sqlStateOf } from '../errors/from-driver.ts';
import { historyPresence } from '../history/ensure.ts';
import { advanceCatalog } from './advance.ts';
import { type JudgedDrift, judgeDrift } from './allow.ts';
import { driftDifferences } from './differences.ts';
import { madeAgain } from './made-again.ts';
import { type RecordedCatalog, readRecording } from './recording.ts';

const LOCK_NOT_AVAILABLE = '55P03';
/** How long a table that somebody holds in ACCESS EXCLUSIVE is waited for, in milliseconds. */
const LOCK_TIMEOUT_MS = 5000;

export interface DriftReport extends JudgedDrift {
  readonly domain: string;
  /** `user@host:port/database`. */
  readonly target: string;
  /** `open`: a run has begun and not recorded its end; the differences are those from before it. `not recorded`: the history was made
   *  without the engine, and there is nothing to compare with. */
  readonly state: 'compared' | 'open' | 'not recorded';
  /** When the expectation was last written. NULL: never. */
  readonly recordedAt: Date | null;
  /** When the open run began. NULL: none is open. */
  readonly begunAt: Date | null;
  /** What an adoption keeps beyond the declared schema, and what of that schema still waits: neither is drift. NULL: not adopted. */
  readonly adoption: DriftAdoption | null;
}

export type DriftAdoption = Pick<StoredAdoption, 'state' | 'retained' | 'waiting'>;

/** Compares the live catalog of a domain with the one that its applied migrations gave. Read-only; nothing stronger than ACCESS SHARE.
 *  @throws {DbError} DB_LOCK_TIMEOUT where a table stays locked in ACCESS EXCLUSIVE, DB_CONFIG, and what connecting can throw */
export async function driftDomain(domain: DomainConfig, target: Target): Promise<DriftReport> {
  try {
    await using session = await openSession(target, { app: `db drift ${domain.name}`, readOnly: true });
    try {
      return await compare(session, domain);
    } catch (error) {
      throw connectionCode(error) === undefined ? error : fromConnection(error, target);
    }
  } catch (error) {
    throw inDomain(error, domain.name);
  }
}

async function compare(session: Session, domain: DomainConfig): Promise<DriftReport> {
  const present = (await historyPresence(session)) === 'present';
  const recorded = present ? await readRecording(session.sql, domain.name) : NOTHING;
  const live = await readCatalog(session.sql, [domain.schema], { lockTimeoutMs: LOCK_TIMEOUT_MS }).catch(stillLocked);
  const about = {
    domain: domain.name,
    target: session.target.label,
    recordedAt: recorded.recordedAt,
    begunAt: recorded.begunAt,
    adoption: present ? await adoptionOf(session, domain) : null,
  };
  const expected = expectedNow(recorded, live);
  if (expected === null) return { ...about, state: 'not recorded', ...judgeDrift([], domain.drift), unused: [] };
  const differences = driftDifferences(expected, live);
  const judged = judgeDrift(differences, [
    ...(domain.drift ?? []),
    ...(await madeAgain(session.sql, domain.name, expected, differences)),
  ]);
  return { ...about, state: recorded.base === null ? 'compared' : 'open', ...judged };
}

async function adoptionOf({ sql }: Session, { name }: DomainConfig): Promise<DriftAdoption | null> {
  const stored = await readAdoption(sql, name);
  return stored === null ? null : { state: stored.state, retained: stored.retained, waiting: stored.waiting };
}

const NOTHING: RecordedCatalog = {
  expected: null,
  hash: null,
  base: null,
  begunAt: null,
  recordedAt: null,
  applied: false,
};

/** What the live catalog is to be compared with; while a run is open, its own changes are no difference. NULL: nobody knows. */
function expectedNow({ expected, base, applied }: RecordedCatalog, live: Catalog): Catalog | null {
  if (base !== null) return advanceCatalog(expected ?? new Map(), base, live);
  return expected ?? (applied ? null : new Map());
}

function stillLocked(cause: unknown): never {
  if (sqlStateOf(cause) !== LOCK_NOT_AVAILABLE) throw cause;
  throw new DbError(
    'DB_LOCK_TIMEOUT',
    {
      why: `a table or view was locked in ACCESS EXCLUSIVE for ${LOCK_TIMEOUT_MS} ms: its definition cannot be printed meanwhile`,
      fix: '`pnpm db locks` shows who holds it; run again when it is free',
      changed: 'nothing was changed',
    },
    { cause },
  );
}
