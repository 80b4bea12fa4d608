import { setTimeout as sleep } from 'node:timers/promises';
import { migrateDomain } from '../apply/migrate-domain.ts';
import type { ApplyEvent, MigrateResult } from '../apply/report.ts';
import type { DomainConfig } from '../config/config.ts';
import type { Hooks } from '../config/hooks.ts';
import { parseTarget } from '../connect/target.ts';
import { DbError } from '../errors/db-error.ts';
import { logLine } from './log-line.ts';
import { type Logger, type LogLine, writerTo } from './logger.ts';

/** What an application says when it migrates itself. */
export interface StartOptions {
  /** Straight to the server: a pooler in transaction mode is refused. */
  readonly url: string;
  readonly domain: DomainConfig;
  /** Folder that `domain.migrations` is relative to. */
  readonly root: string;
  /** Told what is done, by whom it is kept waiting, and the end. A failure is thrown, not logged. */
  readonly logger?: Logger | undefined;
  /** Recorded with each migration. Absent: unknown. */
  readonly appVersion?: string | undefined;
  /** How long a server that does not answer yet is waited for, in milliseconds; 30 s unless said. 0: not at all. */
  readonly serverWaitMs?: number | undefined;
  /** How long another instance that migrates is waited for, in milliseconds; 10 min unless said. */
  readonly lockWaitMs?: number | undefined;
  readonly hooks?: Hooks | undefined;
}

const SERVER_WAIT_MS = 30_000;
const LOCK_WAIT_MS = 600_000;
const RETRY_MS = 250;
/** A long build tells of itself several times a second; a log wants less. */
const QUIET_MS = 10_000;

/** Connects, tests the connection, applies what is pending, and returns; to be called before the application opens its pool. Any
 *  number of instances may call it at once: one of them applies, the others return when all is applied. With nothing pending it takes
 *  no lock and writes nothing. A database that is newer than this build is no failure, but a warning.
 *  @throws {DbError} DB_UNREACHABLE and DB_NOT_READY after `serverWaitMs`; every code of docs/errors.md that `db migrate` ends with */
export async function migrate(options: StartOptions): Promise<MigrateResult> {
  const { domain, root, appVersion, hooks, lockWaitMs = LOCK_WAIT_MS } = options;
  const target = parseTarget(options.url, '`url`');
  const write = writerTo(options.logger);
  const onEvent = thinned((event) => write(logLine(event)));
  const settings = { root, target, appVersion, hooks, lockWaitMs, onEvent };
  const started = performance.now();
  const result = await onceThere(options.serverWaitMs ?? SERVER_WAIT_MS, write, () => migrateDomain(domain, settings));
  const ms = Math.round(performance.now() - started);
  const names = result.applied.map(({ name }) => name);
  const message = `${domain.name}: ${names.length === 0 ? 'up to date' : `applied ${names.length}`} on ${result.target} in ${ms} ms`;
  const fields = { event: 'db.migrated', domain: domain.name, target: result.target, applied: names, ms };
  write({ level: 'info', message, fields });
  return result;
}

/** Nobody was reached, so nothing was begun. */
const NOT_THERE = new Set<string>(['DB_UNREACHABLE', 'DB_NOT_READY', 'DB_FULL']);

async function onceThere<T>(waitMs: number, write: (line: LogLine) => void, body: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + waitMs;
  for (let tries = 0; ; tries += 1) {
    try {
      return await body();
    } catch (error) {
      if (!(error instanceof DbError && NOT_THERE.has(error.code)) || performance.now() + RETRY_MS > deadline)
        throw error;
      const { domain = '' } = error.facts;
      const fields = { event: 'db.not_there', domain, code: error.code };
      if (tries === 0) write({ level: 'warn', message: `${domain}: waiting for the server: ${error.message}`, fields });
      await sleep(RETRY_MS * (0.5 + Math.random()));
    }
  }
}

/** Passes on every event but a stream of progress: of that the first, and then one in ten seconds. */
function thinned(tell: (event: ApplyEvent) => void): (event: ApplyEvent) => void {
  let next = 0;
  return (event) => {
    const isProgress = event.type === 'progress' || event.type === 'backfilling';
    const now = performance.now();
    if (isProgress && now < next) return;
    if (isProgress) next = now + QUIET_MS;
    tell(event);
  };
}
