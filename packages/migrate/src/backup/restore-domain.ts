import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sql } from 'postgres';
import { type Catalog, catalogFromJson, catalogHash } from '../catalog/catalog.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import type { DomainConfig } from '../config/config.ts';
import type { Session } from '../connect/session.ts';
import type { Target } from '../connect/target.ts';
import type { Environment } from '../connect/urls.ts';
import { type DriftDifference, driftDifferences } from '../drift/differences.ts';
import { readRecording, writeExpected } from '../drift/recording.ts';
import { countOf } from '../errors/count-of.ts';
import { DbError, inDomain } from '../errors/db-error.ts';
import { connectionCode, fromConnection } from '../errors/from-driver.ts';
import { historyPresence } from '../history/ensure.ts';
import { HISTORY_DDL } from '../history/schema.ts';
import { journal } from '../history/write.ts';
import { type LockOptions, lockName, withLock } from '../lock/try-lock.ts';
import { quoteLiteral } from '../objects/quote.ts';
import { loadGrammar } from '../sql/parse.ts';
import { asReprinted } from './as-reprinted.ts';
import { requireWhole } from './backup-file.ts';
import { requirePgRestore } from './choose-tool.ts';
import type { ClientProgram } from './client-program.ts';
import { countRows, qualified, relationsOf } from './contents.ts';
import { insertHistoryRows, readHistoryRows } from './history-rows.ts';
import { loadByDriver } from './load-by-driver.ts';
import { loadByTool } from './load-by-tool.ts';
import { CATALOG_FILE, HISTORY_FILE, type Manifest, PRIVILEGES_FILE, readManifest } from './manifest.ts';
import { grantPrivileges, type Privilege } from './privileges.ts';
import type { BackupEvent, RestoreReport } from './report.ts';
import { restoreTarget, withDatabase } from './restore-target.ts';
import { NOTHING_KEPT, restoring } from './restoring.ts';
import { EXACT_VALUES } from './snapshot.ts';

export interface RestoreOptions {
  readonly folder: string;
  /** The domain's own database. */
  readonly target: Target;
  /** Another one: a URL, or a name on the same server, which is made where it is not there. */
  readonly to?: string | undefined;
  /** Finish although the catalog is not as it was, and name what differs. Rows and history must be right all the same. */
  readonly allowDrift?: boolean;
  readonly environment: Environment;
  readonly lock: LockOptions;
  readonly onEvent?: (event: BackupEvent) => void;
}

/** Brings a backup back into a database that has nothing of the domain. Everything is checked before it is touched, and the result
 *  before it is committed, in one transaction: schema, rows, history, or nothing of them.
 *  @throws {DbError} DB_BACKUP_MANIFEST, DB_BACKUP_DAMAGED, DB_BACKUP_DOMAIN, DB_BACKUP_SERVER, DB_BACKUP_TOOL, DB_RESTORE_NOT_EMPTY,
 *  DB_RESTORE, DB_RESTORE_DIFFERS, DB_HISTORY_*, DB_MIGRATOR_BUSY, and what connecting can throw */
export async function restoreDomain(domain: DomainConfig, options: RestoreOptions): Promise<RestoreReport> {
  const { folder } = options;
  const started = performance.now();
  try {
    const manifest = await readManifest(folder);
    requireDomain(manifest, domain, folder);
    options.onEvent?.({ type: 'step', step: 'checksums' });
    await requireWhole(folder, manifest.files);
    const program = manifest.tool === 'driver' ? null : await pgRestoreFor(manifest, options.environment);
    options.onEvent?.({ type: 'tool', with: program === null ? 'the driver' : `${program.name} ${program.version}` });
    const target = restoreTarget(options.target, options.to);
    const app = `db restore ${domain.name}`;
    return await withDatabase(target, options.to !== undefined, app, async (session, created) => {
      try {
        const { tool, head, tables } = manifest;
        const rows = tables.reduce((sum, table) => sum + table.rows, 0);
        const told = await restoreInto(session, domain, manifest, program, options);
        const about = { domain: domain.name, target: target.label, created, folder, tool, head };
        return { ...about, tables: tables.length, rows, ...told, ms: Math.round(performance.now() - started) };
      } catch (error) {
        throw connectionCode(error) === undefined ? error : fromConnection(error, target);
      }
    });
  } catch (error) {
    throw inDomain(error, domain.name);
  }
}

function requireDomain(manifest: Manifest, { name, schema }: DomainConfig, folder: string): void {
  if (manifest.domain === name && manifest.schema === schema) return;
  throw new DbError('DB_BACKUP_DOMAIN', {
    why: `expected a backup of ${name} (schema ${schema}), got one of ${manifest.domain} (schema ${manifest.schema})`,
    at: folder,
    changed: 'nothing was changed',
  });
}

/** The version with which a dump was written is the oldest that is sure to read it. */
async function pgRestoreFor({ toolVersion, server }: Manifest, environment: Environment): Promise<ClientProgram> {
  return await requirePgRestore(Number.parseInt(toolVersion ?? '', 10) || server.major, environment);
}

type Told = Pick<RestoreReport, 'differences' | 'missingRoles'>;

async function restoreInto(
  session: Session,
  domain: DomainConfig,
  manifest: Manifest,
  program: ClientProgram | null,
  options: RestoreOptions,
): Promise<Told> {
  const { server } = manifest;
  if (server.major > session.serverVersion) {
    throw new DbError('DB_BACKUP_SERVER', {
      why: `the backup is of PostgreSQL ${server.version}, this server is of ${session.serverVersion}`,
      at: session.target.label,
      changed: 'nothing was changed',
    });
  }
  const { lock } = options;
  return await withLock(session, lockName.domain(domain.name), lock, async () => {
    const hasHistory = (await historyPresence(session)) === 'present';
    await requireEmpty(session, domain, hasHistory);
    const load = () => loadAndCheck(session, domain, manifest, program, hasHistory, options);
    // Two that make the history tables would meet in the middle of a long restore.
    return hasHistory ? await load() : await withLock(session, lockName.history, lock, load);
  });
}

async function requireEmpty(
  { sql, target }: Session,
  { name, schema }: DomainConfig,
  hasHistory: boolean,
): Promise<void> {
  const namespace = `(SELECT oid FROM pg_namespace WHERE nspname = ${quoteLiteral(schema)})`;
  const [row] = await sql.unsafe<{ objects: number }[]>(`
    SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = ${namespace})::int + (SELECT count(*) FROM pg_proc WHERE pronamespace = ${namespace})::int
      + (SELECT count(*) FROM pg_type WHERE typnamespace = ${namespace})::int AS objects`);
  const applied = hasHistory ? await sql`SELECT FROM migrations.applied WHERE domain = ${name}` : [];
  const found = [
    ...(row?.objects === 0 ? [] : [`schema ${schema} with ${row?.objects} objects`]),
    ...(applied.length === 0 ? [] : [`a history of ${applied.length} applied migrations`]),
  ];
  if (found.length === 0) return;
  throw new DbError('DB_RESTORE_NOT_EMPTY', {
    why: `expected nothing of ${name}, got ${found.join(' and ')}`,
    at: target.label,
    changed: 'nothing was changed',
  });
}

async function loadAndCheck(
  session: Session,
  domain: DomainConfig,
  manifest: Manifest,
  program: ClientProgram | null,
  hasHistory: boolean,
  options: RestoreOptions,
): Promise<Told> {
  const { sql } = session;
  const { folder, onEvent } = options;
  const read = async (file: string) => await readFile(join(folder, file), 'utf8');
  const wanted = catalogFromJson(JSON.parse(await read(CATALOG_FILE)) as Readonly<Record<string, string>>);
  const history = await read(HISTORY_FILE);
  const privileges = JSON.parse(await read(PRIVILEGES_FILE)) as readonly Privilege[];
  return (await sql.begin('ISOLATION LEVEL READ COMMITTED', async () => {
    if (!hasHistory) await sql.unsafe(HISTORY_DDL.join(';\n'));
    if (program === null) await loadByDriver(session, folder, manifest, onEvent);
    else await loadByTool(session, folder, program, options.environment);
    await sql.unsafe(EXACT_VALUES);
    onEvent?.({ type: 'step', step: 'checks' });
    const all = await sql.unsafe<{ name: string }[]>(
      `SELECT c.relname AS name FROM ${relationsOf(domain.schema, ['r', 'p', 'm'])}`,
    );
    if (all.length > 0) await sql.unsafe(`ANALYZE ${all.map(({ name }) => qualified(domain.schema, name)).join(', ')}`);
    await requireRows(sql, manifest);
    await restoring(HISTORY_FILE, insertHistoryRows(sql, history));
    if ((await readHistoryRows(sql, domain.name)) !== history) throw differs('the history is not that of the backup');
    const missingRoles = await restoring(PRIVILEGES_FILE, grantPrivileges(sql, privileges));
    const differences = await requireCatalog(sql, domain, wanted, options.allowDrift === true);
    const { database, finishedAt, tool } = manifest;
    await journal(sql, domain.name, '*', 'restored', { from: database, backup: finishedAt, tool });
    return { differences, missingRoles };
  })) as Told;
}

async function requireRows(sql: Sql, { schema, tables }: Manifest): Promise<void> {
  for (const { name, rows } of tables) {
    const found = await countRows(sql, schema, name);
    if (found !== rows) throw differs(`${schema}.${name}: expected ${countOf(rows, 'row')}, got ${found}`);
  }
}

/** @returns what differs, where that is allowed */
async function requireCatalog(
  sql: Sql,
  { name, schema }: DomainConfig,
  wanted: Catalog,
  allowDrift: boolean,
): Promise<readonly string[]> {
  const live = await readCatalog(sql, [schema]);
  if (catalogHash(live) === catalogHash(wanted)) return [];
  await loadGrammar();
  const all = driftDifferences(wanted, live);
  const real = all.filter(({ expected, live: now }) => asReprinted(expected ?? '') !== asReprinted(now ?? ''));
  const named = real.map(({ object, state }) => `${object} is ${state}`);
  if (named.length > 0 && !allowDrift) {
    const shown = named.slice(0, 3).join(', ') + (named.length > 3 ? ` and ${named.length - 3} more` : '');
    throw differs(`the catalog is not that of the backup: ${shown}`, FIX_CATALOG);
  }
  await acceptPrints(
    sql,
    name,
    all.filter((one) => !real.includes(one)),
  );
  return named;
}

/** What is only printed otherwise since it came out of a dump shall be no drift. */
async function acceptPrints(sql: Sql, domain: string, reprinted: readonly DriftDifference[]): Promise<void> {
  const { expected, base } = await readRecording(sql, domain);
  if (expected === null || base !== null) return;
  const accepted = reprinted.flatMap(({ object, expected: was, live }): (readonly [string, string])[] =>
    live !== null && expected.get(object) === was ? [[object, live]] : [],
  );
  if (accepted.length > 0) await writeExpected(sql, domain, new Map([...expected, ...accepted]));
}

const FIX_CATALOG = 'see what differs; where you can live with it, run again with --allow-drift, which names it';

function differs(why: string, fix?: string): DbError {
  return new DbError('DB_RESTORE_DIFFERS', { why, changed: NOTHING_KEPT, ...(fix === undefined ? {} : { fix }) });
}
