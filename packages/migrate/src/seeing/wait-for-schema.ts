import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DomainConfig } from '../config/config.ts';
import { parseTarget } from '../connect/target.ts';
import { DbError, inDomain } from '../errors/db-error.ts';
import type { MigrationFile } from '../files/migration-file.ts';
import { readHistory } from '../files/read-history.ts';
import { type Plan, planMigrations } from '../plan/plan.ts';
import { judgeHistory } from './judge-history.ts';
import { createProbe } from './probe-history.ts';

export interface WaitForSchemaOptions {
  /** The application's own URL; a pooler is no trouble. */
  readonly url: string;
  readonly domain: Pick<DomainConfig, 'name' | 'migrations'>;
  /** Folder that `domain.migrations` is relative to. */
  readonly root: string;
  /** Milliseconds to wait; 60 s unless said. 0: look once. */
  readonly timeoutMs?: number;
  /** Milliseconds between two looks; 250 unless said. */
  readonly pollMs?: number;
  /** Ends the waiting, with DB_INTERRUPTED. */
  readonly signal?: AbortSignal;
}

export interface SchemaReady {
  /** Migrations that the database has and this build does not know: it is newer. Worth a warning, no reason not to start. */
  readonly ahead: readonly string[];
  /** Whole milliseconds until it was ready. */
  readonly waitedMs: number;
}

/** Resolves once the database has every migration of this build, with the same checksums. Reads files' names and checksums once and
 *  the history at each look; takes no lock, writes nothing, parses no SQL. A server that does not answer yet is waited for, too.
 *  @throws {DbError} DB_PENDING or DB_HALF_DONE after `timeoutMs`, or the failure to connect that lasted as long; at once DB_MIGRATION_EDITED, DB_AUTH
 *    and whatever waiting cannot cure; DB_INTERRUPTED on `signal`; DB_FOLDER_MISSING, DB_FILE_* */
export async function waitForSchema(options: WaitForSchemaOptions): Promise<SchemaReady> {
  const { domain, root } = options;
  try {
    const files = await readHistory(join(root, domain.migrations), root);
    await using probe = createProbe(parseTarget(options.url, '`url`'), domain.name);
    return await poll(options, async () => judge(files, planMigrations(files, await probe.look())));
  } catch (error) {
    throw inDomain(error, domain.name);
  }
}

/** Failures that a start-up in progress explains. */
const PASSING = new Set<string>([
  'DB_PENDING',
  'DB_HALF_DONE',
  'DB_UNREACHABLE',
  'DB_NOT_READY',
  'DB_FULL',
  'DB_CONNECTION_LOST',
  'DB_NO_DATABASE',
]);

async function poll(options: WaitForSchemaOptions, look: () => Promise<readonly string[]>): Promise<SchemaReady> {
  const { timeoutMs = 60_000, pollMs = 250, signal } = options;
  const started = performance.now();
  for (;;) {
    if (signal?.aborted === true) throw interrupted();
    const lookMs = Math.min(LOOK_MS_MAX, Math.max(LOOK_MS_MIN, timeoutMs - (performance.now() - started)));
    const seen = await Promise.race([settled(look()), noAnswer(lookMs, signal)]);
    const waitedMs = Math.round(performance.now() - started);
    if ('ahead' in seen) return { ahead: seen.ahead, waitedMs };
    const { error } = seen;
    const isPassing = error instanceof DbError && PASSING.has(error.code);
    if (!isPassing || waitedMs + pollMs > timeoutMs) throw isPassing ? after(error, timeoutMs) : error;
    await sleep(pollMs, undefined, signal === undefined ? {} : { signal }).catch(() => {
      throw interrupted();
    });
  }
}

/** The driver waits without end for an address that takes connections and says nothing. */
const LOOK_MS_MAX = 5000;
/** The first look connects, also where there is no time to wait. */
const LOOK_MS_MIN = 1000;

type Seen = { readonly ahead: readonly string[] } | { readonly error: unknown };

function settled(look: Promise<readonly string[]>): Promise<Seen> {
  return look.then(
    (ahead) => ({ ahead }),
    (error: unknown) => ({ error }),
  );
}

async function noAnswer(ms: number, signal: AbortSignal | undefined): Promise<Seen> {
  const isOver = await sleep(ms, true, { ref: false, ...(signal === undefined ? {} : { signal }) }).catch(() => false);
  return {
    error: isOver ? new DbError('DB_UNREACHABLE', { why: `no answer within ${Math.round(ms)} ms` }) : interrupted(),
  };
}

const WHY = {
  DB_MIGRATION_EDITED: 'this build has another text than was applied',
  DB_BASELINE: 'a baseline stands for migrations of which some are applied',
  DB_HALF_DONE: 'it, or a rollback of it, goes on or was cut',
  DB_PENDING: 'not applied as it is here',
} as const;

/** Names that only the database knows; throws what keeps it from being ready. */
function judge(files: readonly MigrationFile[], plan: Plan): readonly string[] {
  const { code, gravest, open, ahead } = judgeHistory(plan);
  if (code === 'OK') return ahead;
  const names = gravest.map(({ name }) => name);
  const more = names.length === 1 ? '' : ` and ${names.length - 1} more`;
  throw new DbError(code, {
    why: `${names[0]}${more}, of ${files.length} migrations: ${WHY[code]}`,
    data: { pending: open.map(({ name }) => name) },
  });
}

function after(error: DbError, timeoutMs: number): DbError {
  return new DbError(
    error.code,
    { ...error.facts, why: `after ${timeoutMs} ms: ${error.facts.why}` },
    { cause: error.cause },
  );
}

function interrupted(): DbError {
  return new DbError('DB_INTERRUPTED', { why: 'waiting for the schema was stopped', changed: 'nothing was changed' });
}
