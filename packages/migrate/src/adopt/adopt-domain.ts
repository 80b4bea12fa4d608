import type { DomainConfig } from '../config/config.ts';
import { openSession, type Session } from '../connect/session.ts';
import type { Target } from '../connect/target.ts';
import { DbError, inDomain } from '../errors/db-error.ts';
import { connectionCode, fromConnection } from '../errors/from-driver.ts';
import { parseHistory } from '../files/parse-history.ts';
import type { LockHolder } from '../lock/try-lock.ts';
import type { ScratchBuilder } from '../repair/replay.ts';
import { look } from './look.ts';
import { readPoints } from './read-target.ts';
import { type AdoptReport, reportOf } from './report.ts';

export interface AdoptOptions {
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

/** Brings the tables of a running system under a domain's history.
 *  @throws {DbError} DB_ADOPT_…, DB_GENERATE, DB_FILE_*, and what connecting and locking can throw */
export async function adoptDomain(domain: DomainConfig, options: AdoptOptions): Promise<AdoptReport> {
  try {
    const files = await parseHistory(domain, options.root);
    const module = await domain.load();
    await using session = await openSession(options.target, { app: `db adopt ${domain.name}`, readOnly: !options.yes });
    try {
      const points = await readPoints(options.scratch, domain.schema, files);
      const seen = await look(session, domain, module, points, { ...options, phase: 'adopt' });
      return await decide(session, domain, options, seen);
    } catch (error) {
      throw connectionCode(error) === undefined ? error : fromConnection(error, options.target);
    }
  } catch (error) {
    throw inDomain(error, domain.name);
  }
}

async function decide(
  _session: Session,
  domain: DomainConfig,
  options: AdoptOptions,
  seen: Awaited<ReturnType<typeof look>>,
): Promise<AdoptReport> {
  if (seen.plan.tables.length === 0) {
    throw new DbError('DB_ADOPT_NOTHING', {
      why: `expected tables of the domain in schema ${options.fromSchema}, got none`,
      changed: 'nothing was changed',
    });
  }
  return reportOf(domain, options, seen, 'shown');
}
