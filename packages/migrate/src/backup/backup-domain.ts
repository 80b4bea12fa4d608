import { join } from 'node:path';
import type { Sql } from 'postgres';
import { type Catalog, catalogHash, catalogToJson } from '../catalog/catalog.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import type { DomainConfig } from '../config/config.ts';
import { openSession, type Session } from '../connect/session.ts';
import type { Target } from '../connect/target.ts';
import type { Environment } from '../connect/urls.ts';
import { DbError, inDomain } from '../errors/db-error.ts';
import { connectionCode, fromConnection } from '../errors/from-driver.ts';
import { readHistory } from '../files/read-history.ts';
import { historyPresence } from '../history/ensure.ts';
import { type HistoryRead, readHistoryState } from '../history/read.ts';
import { type LockOptions, lockName, withLock } from '../lock/try-lock.ts';
import { writeBackupText } from './backup-file.ts';
import { choosePgDump } from './choose-tool.ts';
import type { ClientProgram } from './client-program.ts';
import { countRows, qualified, readMaterializedViews, readSequences, readTables } from './contents.ts';
import { copyOut } from './copy-out.ts';
import { dumpSchema } from './dump.ts';
import { readHistoryRows } from './history-rows.ts';
import {
  BACKUP_FORMAT,
  type BackupFile,
  CATALOG_FILE,
  HISTORY_FILE,
  MANIFEST,
  type Manifest,
  manifestText,
  PRIVILEGES_FILE,
} from './manifest.ts';
import { withNewFolder } from './new-folder.ts';
import { readPrivileges } from './privileges.ts';
import type { BackupEvent, BackupReport, BackupTool } from './report.ts';
import { schemaOfHistory } from './schema-of-history.ts';
import { inSnapshot } from './snapshot.ts';

export interface BackupOptions {
  /** Folder that the domain's paths are relative to. */
  readonly root: string;
  readonly target: Target;
  /** Folder in which the backup gets a folder of its own, `<domain>-<time>`. */
  readonly out: string;
  /** Absent: pg_dump where one is new enough, else the driver. */
  readonly tool?: BackupTool | undefined;
  /** Leave out what drifted, where no rows depend on it. */
  readonly allowDrift?: boolean;
  readonly environment: Environment;
  readonly lock: LockOptions;
  readonly onEvent?: (event: BackupEvent) => void;
}

/** Writes a domain's schema, rows and history as they are at one moment, while writers go on. The domain's lock keeps migrators out. A
 *  folder that bears its final name is whole and on the disk.
 *  @throws {DbError} DB_BACKUP_EMPTY, DB_BACKUP_TOOL, DB_BACKUP_REPLAY, DB_BACKUP_DISK_FULL, DB_DRIFT, DB_HALF_DONE, DB_NOT_RECORDED,
 *  DB_MIGRATION_*, DB_AHEAD, DB_LOCK_TIMEOUT, DB_MIGRATOR_BUSY, and what connecting can throw */
export async function backupDomain(domain: DomainConfig, options: BackupOptions): Promise<BackupReport> {
  const { target, lock } = options;
  const started = performance.now();
  try {
    await using session = await openSession(target, { app: `db backup ${domain.name}`, readOnly: true });
    try {
      const program = await choosePgDump(options.tool, session.serverVersion, target, options.environment);
      options.onEvent?.({ type: 'tool', with: program === null ? 'the driver' : `${program.name} ${program.version}` });
      const written = await withLock(session, lockName.domain(domain.name), lock, () =>
        write(session, domain, program, options),
      );
      return { ...written, domain: domain.name, target: target.label, ms: Math.round(performance.now() - started) };
    } catch (error) {
      throw connectionCode(error) === undefined ? error : fromConnection(error, target);
    }
  } catch (error) {
    throw inDomain(error, domain.name);
  }
}

type Written = Omit<BackupReport, 'domain' | 'target' | 'ms'>;

async function write(
  session: Session,
  domain: DomainConfig,
  program: ClientProgram | null,
  options: BackupOptions,
): Promise<Written> {
  const startedAt = new Date();
  const history = await requireApplied(session, domain);
  const folder = join(options.out, `${domain.name}-${startedAt.toISOString().replaceAll(/[-:]/g, '')}`);
  const manifest = await withNewFolder(folder, (partial) =>
    inSnapshot(session, domain.schema, async (sql) => {
      const part = { sql, session, domain, folder: partial, history, options };
      const { catalog, ...contents } =
        program === null ? await writeByDriver(part) : await writeByPgDump(part, program);
      const files = [...contents.files, ...(await writeFacts(part, catalog))];
      const whole: Manifest = {
        format: BACKUP_FORMAT,
        ...(await aboutServer(session)),
        domain: domain.name,
        schema: domain.schema,
        head:
          history.applied
            .map(({ name }) => name)
            .sort()
            .at(-1) ?? '',
        startedAt: startedAt.toISOString(),
        finishedAt: new Date().toISOString(),
        catalogHash: catalogHash(catalog),
        ...contents,
        files,
      };
      await writeBackupText(partial, MANIFEST, manifestText(whole));
      return whole;
    }),
  );
  const { tool, head, tables, files, lost } = manifest;
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { folder, tool, head, tables: tables.length, rows, bytes, lost };
}

async function requireApplied(session: Session, { name }: DomainConfig): Promise<HistoryRead> {
  const present = (await historyPresence(session)) === 'present';
  const history = present ? await readHistoryState(session.sql, name) : undefined;
  if (history !== undefined && history.applied.length > 0) return history;
  throw new DbError('DB_BACKUP_EMPTY', {
    why: 'no migration of the domain is applied',
    changed: 'nothing was written',
  });
}

/** What the writing of one backup knows. */
interface Part {
  readonly sql: Sql;
  readonly session: Session;
  readonly domain: DomainConfig;
  readonly folder: string;
  readonly history: HistoryRead;
  readonly options: BackupOptions;
}

type Contents = Pick<
  Manifest,
  'tool' | 'toolVersion' | 'tables' | 'sequences' | 'materializedViews' | 'migrations' | 'lost' | 'files'
> & { readonly catalog: Catalog };

async function writeByDriver({ sql, session, domain, folder, history, options }: Part): Promise<Contents> {
  const { schema } = domain;
  const migrationFiles = await readHistory(join(options.root, domain.migrations), options.root);
  const { catalog, migrations, lost } = await schemaOfHistory(
    session,
    domain,
    migrationFiles,
    history,
    options.allowDrift === true,
  );
  const files: BackupFile[] = [];
  for (const { name, sql: text } of migrations)
    files.push(await writeBackupText(folder, `migrations/${name}.sql`, text));
  const texts = files.map(({ path }) => path);
  const found = await readTables(sql, schema);
  const tables = [];
  for (const [index, { name, columns }] of found.entries()) {
    options.onEvent?.({ type: 'table', table: `${schema}.${name}`, done: index, total: found.length });
    const file = `rows/${String(index + 1).padStart(4, '0')}.copy.gz`;
    files.push(await copyOut(sql, qualified(schema, name), columns, folder, file));
    tables.push({ name, columns, rows: await countRows(sql, schema, name), file });
  }
  return {
    ...{ tool: 'driver', toolVersion: null, tables, migrations: texts, lost, files, catalog },
    sequences: await readSequences(sql, schema),
    materializedViews: await readMaterializedViews(sql, schema),
  };
}

async function writeByPgDump({ sql, domain, folder, options }: Part, program: ClientProgram): Promise<Contents> {
  const { schema } = domain;
  const live = await readCatalog(sql, [schema]);
  options.onEvent?.({ type: 'step', step: 'pg_dump' });
  const dump = await dumpSchema(sql, options.target, schema, program, options.environment, folder);
  const tables = [];
  for (const { name, columns } of await readTables(sql, schema))
    tables.push({ name, columns, rows: await countRows(sql, schema, name), file: null });
  return {
    ...{ tool: 'pg_dump', toolVersion: program.version, tables, files: [dump] },
    ...{ sequences: [], materializedViews: [], migrations: [], lost: [] },
    // A cut build's remains are not dumped: nobody misses them.
    catalog: new Map([...live].filter(([object, is]) => !(object.startsWith('index ') && is.endsWith(' INVALID')))),
  };
}

/** What a restore needs of both ways. */
async function writeFacts({ sql, domain, folder }: Part, catalog: Catalog): Promise<readonly BackupFile[]> {
  return [
    await writeBackupText(folder, CATALOG_FILE, catalogToJson(catalog)),
    await writeBackupText(folder, HISTORY_FILE, await readHistoryRows(sql, domain.name)),
    await writeBackupText(folder, PRIVILEGES_FILE, JSON.stringify(await readPrivileges(sql, domain.schema), null, 2)),
  ];
}

async function aboutServer({ sql, serverVersion, target }: Session): Promise<Pick<Manifest, 'server' | 'database'>> {
  const [row] = await sql<{ version: string }[]>`SELECT current_setting('server_version') AS version`;
  return { server: { version: row?.version ?? '', major: serverVersion }, database: target.database };
}
