import { readAdoption } from '../adopt/store.ts';
import { EXACT_VALUES } from '../backup/snapshot.ts';
import type { DomainConfig } from '../config/config.ts';
import { openSession, type Session } from '../connect/session.ts';
import type { Target } from '../connect/target.ts';
import { countOf } from '../errors/count-of.ts';
import { DbError, inDomain } from '../errors/db-error.ts';
import { connectionCode, fromConnection } from '../errors/from-driver.ts';
import { ensureHistory } from '../history/ensure.ts';
import { journal } from '../history/write.ts';
import { type LockOptions, lockName, withLock } from '../lock/try-lock.ts';
import { closeText } from './close-source.ts';
import { type Converged, checksumOfCopy, converge } from './converge.ts';
import type { Ends } from './copy-range.ts';
import { copyTable } from './copy-table.ts';
import { doneText, readCopies } from './progress.ts';
import { inReadOnlyWindow } from './read-only-window.ts';
import { readSource } from './read-source.ts';
import { requireFree, requireNotNewer, requireOwnTables } from './refusals.ts';
import type { ConsolidateEvent, ConsolidateReport, CopyPreview } from './report.ts';
import { readPlaces, setPlaces } from './sequences.ts';
import type { SourceSchema } from './source-table.ts';
import { requireSpace } from './space.ts';
import { buildChecksAndReferences, buildKeysAndIndexes, dropReferences, makeStaging } from './staging.ts';

export interface ConsolidateOptions {
  /** The legacy database. */
  readonly source: Target;
  /** Its schema; `public` unless said. */
  readonly fromSchema?: string;
  readonly target: Target;
  /** All domains of the project, to tell whose data it is. */
  readonly domains: readonly DomainConfig[];
  readonly lock: LockOptions;
  /** Bytes that are free on the target's disk, by the operator's word. Absent: the server is asked. */
  readonly freeBytes?: number;
  /** Refuse writes to the source's tables from the window on. */
  readonly closeSource?: boolean;
  readonly onEvent?: (event: ConsolidateEvent) => void;
}

/** Schema of the target in which a domain's copies lie until they are adopted. */
export const stagingSchema = ({ schema }: DomainConfig): string => `${schema}_legacy`;

/** Copies a domain's tables from its own legacy database into ours, beside their writers, and proves the copy equal in a short window in
 *  which the source is not written to. Run again after a kill it goes on where it was; run again after its end it brings what was written
 *  to the source since. What it leaves is for `adopt` with `--from-schema`.
 *  @returns NULL: the copy was made and its adoption has begun, so the source is left alone
 *  @throws {DbError} DB_CONSOLIDATE_*, DB_MIGRATOR_BUSY, DB_LOCK_TIMEOUT, and what connecting can throw */
export async function consolidateDomain(
  domain: DomainConfig,
  options: ConsolidateOptions,
): Promise<ConsolidateReport | null> {
  const app = `db adopt ${domain.name}`;
  try {
    await using to = await openSession(options.target, { app });
    if (await isBehindUs(to, domain.name)) return null;
    await using from = await openSource(options.source, app);
    return await withLock(to, lockName.domain(domain.name), options.lock, () => consolidate(domain, from, to, options));
  } catch (error) {
    throw inDomain(connectionCode(error) === undefined ? error : fromConnection(error, options.target), domain.name);
  }
}

/** What a consolidation would do, from a look at both sides that changes nothing.
 *  @throws {DbError} DB_CONSOLIDATE_*, and what connecting can throw */
export async function previewConsolidation(
  domain: DomainConfig,
  options: ConsolidateOptions,
): Promise<CopyPreview | null> {
  const app = `db adopt ${domain.name}`;
  try {
    await using to = await openSession(options.target, { app, readOnly: true });
    if (await isBehindUs(to, domain.name)) return null;
    await using from = await openSource(options.source, app);
    const ends: Ends = { from, fromSchema: options.fromSchema ?? 'public', to, toSchema: stagingSchema(domain) };
    const { source, copies } = await askFirst(domain, ends, options);
    const states = new Map(copies.map((copy) => [copy.name, copy]));
    return {
      domain: domain.name,
      source: options.source.label,
      target: options.target.label,
      schema: ends.toSchema,
      tables: source.tables.map(({ name, rows, bytes }) => ({
        table: name,
        rows,
        bytes,
        rowsDone: states.get(name)?.rowsDone ?? 0,
      })),
      left: [...source.others, ...source.tables.flatMap((table) => table.left)],
    };
  } catch (error) {
    throw inDomain(connectionCode(error) === undefined ? error : fromConnection(error, options.target), domain.name);
  }
}

async function openSource(source: Target, app: string): Promise<Session> {
  return await openSession(source, { app }).catch((error: unknown) => {
    throw fromConnection(error, source);
  });
}

/** Whether the copy is done and what follows has begun. */
async function isBehindUs({ sql }: Session, domain: string): Promise<boolean> {
  const copies = await readCopies(sql, domain);
  if (copies.length === 0 || copies.some(({ state }) => state !== 'done')) return false;
  if ((await readAdoption(sql, domain)) !== null) return true;
  const applied = await sql`SELECT FROM migrations.applied WHERE domain = ${domain} LIMIT 1`;
  return applied.length > 0;
}

async function consolidate(
  domain: DomainConfig,
  from: Session,
  to: Session,
  options: ConsolidateOptions,
): Promise<ConsolidateReport> {
  const started = performance.now();
  const { fromSchema = 'public', onEvent = () => {} } = options;
  const ends: Ends = { from, fromSchema, to, toSchema: stagingSchema(domain) };
  const source = await prepare(domain, ends, options);
  const settings = EXACT_VALUES.replaceAll('SET LOCAL ', 'SET ');
  await Promise.all([from.sql.unsafe(settings), to.sql.unsafe(settings)]);
  await dropReferences(to, ends.toSchema);
  const states = new Map((await readCopies(to.sql, domain.name)).map((state) => [state.name, state]));
  for (const table of source.tables) {
    const state = states.get(table.name);
    if (state === undefined)
      throw new DbError('DB_CONSOLIDATE_NOT_EMPTY', { why: `the source has ${table.name} since the copy began` });
    await copyTable(ends, domain.name, table, state, onEvent);
    onEvent({ type: 'step', step: `keys and indexes of ${table.name}` });
    await buildKeysAndIndexes(to, ends.toSchema, table);
  }
  const aboutMs = await catchUp(domain, ends, source, onEvent);
  const { proofs, windowMs } = await proveInWindow(domain, ends, source, aboutMs, options);
  onEvent({ type: 'step', step: 'checks and foreign keys' });
  const left = await buildChecksAndReferences(to, ends.toSchema, source.tables);
  await to.sql.unsafe(
    source.tables.map(({ name }) => `ANALYZE "${ends.toSchema}"."${name.replaceAll('"', '""')}"`).join(';\n'),
  );
  await journal(to.sql, domain.name, '*', 'consolidated', {
    from: options.source.label,
    tables: proofs.size,
    windowMs,
  });
  return {
    domain: domain.name,
    source: options.source.label,
    target: options.target.label,
    schema: ends.toSchema,
    tables: [...proofs].map(([table, { rows, sum }]) => ({ table, rows, checksum: sum })),
    left: [...source.others, ...source.tables.flatMap((table) => table.left), ...left],
    ms: Math.round(performance.now() - started),
    windowMs,
    sourceClosed: options.closeSource === true,
  };
}

/** Asks everything that can refuse before anything is made; then makes the place, unless a run before this one has. */
async function prepare(domain: DomainConfig, ends: Ends, options: ConsolidateOptions): Promise<SourceSchema> {
  const { source, copies } = await askFirst(domain, ends, options);
  if (copies.length > 0) return source;
  await requireSpace(ends.to, bytesOf(source), options.freeBytes);
  await ensureHistory(ends.to, options.lock);
  await makeStaging(ends.to, domain.name, ends.toSchema, source, options.source.label);
  return source;
}

async function askFirst(domain: DomainConfig, { from, fromSchema, to, toSchema }: Ends, options: ConsolidateOptions) {
  requireNotNewer(from, to);
  const names = await requireOwnTables(from, fromSchema, domain, options.domains);
  const source = await readSource(from, fromSchema, names);
  const copies = await readCopies(to.sql, domain.name);
  await requireFree(to, domain, toSchema, copies, options.source.label);
  return { source, copies };
}

const bytesOf = ({ tables }: SourceSchema): number => tables.reduce((sum, { bytes }) => sum + bytes, 0);

/** Brings the copy up to the source while that is written to, until a round takes no less time than the one before: about as long as
 *  the window will be. */
async function catchUp(
  domain: DomainConfig,
  ends: Ends,
  { tables }: SourceSchema,
  onEvent: (event: ConsolidateEvent) => void,
): Promise<number> {
  let ms = Number.POSITIVE_INFINITY;
  for (let round = 1; round <= 3; round += 1) {
    const started = performance.now();
    let copiedAgain = 0;
    for (const table of tables) {
      onEvent({ type: 'step', step: `comparing ${table.name}` });
      copiedAgain += (await converge(ends, domain.name, table)).copiedAgain;
    }
    const took = performance.now() - started;
    const better = took < ms * 0.8;
    ms = took;
    if (copiedAgain === 0 || !better) break;
  }
  return Math.round(ms);
}

async function proveInWindow(
  domain: DomainConfig,
  ends: Ends,
  source: SourceSchema,
  aboutMs: number,
  options: ConsolidateOptions,
) {
  const { from, fromSchema, to, toSchema } = ends;
  const { onEvent = () => {} } = options;
  const names = source.tables.map(({ name }) => name);
  const proofs = new Map<string, Converged>();
  let opened = 0;
  onEvent({ type: 'window', state: 'opens', aboutMs });
  const waiting = { budgetSeconds: 60, onBlocked: (by: string) => onEvent({ type: 'blocked', by }) };
  const places = await inReadOnlyWindow(from, fromSchema, names, waiting, async () => {
    opened = performance.now();
    onEvent({ type: 'window', state: 'open' });
    for (const table of source.tables) proofs.set(table.name, await converge(ends, domain.name, table));
    const found = await readPlaces(from.sql, fromSchema, source.sequences);
    if (options.closeSource === true) await from.sql.unsafe(closeText(fromSchema, names, options.target.database));
    return found;
  });
  const windowMs = Math.round(performance.now() - opened);
  onEvent({ type: 'window', state: 'closed', ms: windowMs });
  await setPlaces(to.sql, toSchema, places);
  for (const table of source.tables) await requireEqual(domain, ends, table, proofs.get(table.name));
  return { proofs, windowMs };
}

/** The last word: the sum of the whole copy is that of the source in the window. */
async function requireEqual(
  domain: DomainConfig,
  { to, toSchema }: Ends,
  table: SourceSchema['tables'][number],
  proof: Converged | undefined,
) {
  const here = await checksumOfCopy(to, toSchema, table);
  if (proof === undefined || here.rows !== proof.rows || here.sum !== proof.sum) {
    throw new DbError('DB_CONSOLIDATE_DIFFERS', {
      why: `${toSchema}.${table.name}: expected ${countOf(proof?.rows ?? 0, 'row')} with checksum ${proof?.sum}, got ${here.rows} with ${here.sum}`,
    });
  }
  await to.sql.unsafe(doneText(domain.name, table.name, here.rows, here.sum));
}
