import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DbError } from '../errors/db-error.ts';
import { checksum } from '../files/normalize.ts';
import type { BackupTool } from './report.ts';

/** Version of the layout of a backup folder. */
export const BACKUP_FORMAT = 2;
/** Its manifest has no seal; else it is as format 2. */
const UNSEALED_FORMAT = 1;
export const MANIFEST = 'manifest.json';

/** A file of the backup, by its path in the folder. */
export interface BackupFile {
  readonly path: string;
  readonly bytes: number;
  /** 64 hex digits. */
  readonly sha256: string;
}

/** A table and what it held in the snapshot. */
export interface BackupTable {
  /** Unqualified. */
  readonly name: string;
  /** Those that hold values of their own: generated ones are left out. */
  readonly columns: readonly string[];
  readonly rows: number;
  /** Its rows as PostgreSQL's text format of COPY, gzipped. NULL: they are in the dump. */
  readonly file: string | null;
}

export interface BackupSequence {
  readonly name: string;
  /** Text, for it may be larger than a JavaScript number is exact. */
  readonly lastValue: string;
  readonly isCalled: boolean;
}

/** An object that was in the database and is not in the backup. */
export interface LostObject {
  readonly object: string;
  /** As PostgreSQL prints it. NULL: the database lacked it, and the restored one has it. */
  readonly definition: string | null;
}

/** What a backup is, and all that is needed to tell whether a restored database is the same. */
export interface Manifest {
  readonly format: number;
  readonly tool: BackupTool;
  /** NULL: the driver. */
  readonly toolVersion: string | null;
  readonly server: { readonly version: string; readonly major: number };
  readonly database: string;
  readonly domain: string;
  readonly schema: string;
  /** Newest applied migration. */
  readonly head: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Of the catalog in catalog.json. */
  readonly catalogHash: string;
  readonly tables: readonly BackupTable[];
  /** What follows is of the driver; a dump holds it itself. */
  readonly sequences: readonly BackupSequence[];
  /** Those that are filled. */
  readonly materializedViews: readonly string[];
  /** The files of the applied migrations, in the order in which they were applied. */
  readonly migrations: readonly string[];
  readonly lost: readonly LostObject[];
  readonly files: readonly BackupFile[];
}

/** The text of manifest.json: the manifest, and a checksum of itself, so that one that was edited afterwards is told from what was
 *  backed up. Against whoever means harm it is no protection. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify({ ...manifest, seal: sealOf(manifest) }, null, 2)}\n`;
}

/** White space does not count; the order of the fields does. */
function sealOf(manifest: object): string {
  return checksum(JSON.stringify(manifest));
}

/** Reads a manifest; trusts nothing in it that becomes a path.
 *  @throws {DbError} DB_BACKUP_MANIFEST; DB_BACKUP_DAMAGED where it is not what was sealed */
export async function readManifest(folder: string): Promise<Manifest> {
  const { seal, ...manifest } = await readFields(folder);
  if (manifest.format !== BACKUP_FORMAT && manifest.format !== UNSEALED_FORMAT)
    throw unfit(folder, `expected format ${BACKUP_FORMAT}, got ${JSON.stringify(manifest.format) ?? 'none'}`);
  const wrong = FIELDS.filter(([field, holds]) => !holds(manifest[field])).map(([field]) => field);
  if (wrong.length > 0) throw unfit(folder, `${MANIFEST}: ${wrong.join(', ')} missing or of a wrong kind`);
  const whole = manifest as Manifest;
  const listed = new Set(whole.files.map(({ path }) => path));
  const named = [...whole.tables.flatMap(({ file }) => file ?? []), ...whole.migrations];
  const unlisted = [...named, ...fixedFiles(whole.tool)].find((path) => !listed.has(path));
  if (unlisted !== undefined) throw unfit(folder, `${MANIFEST} has no checksum of ${unlisted}`);
  if (whole.format === BACKUP_FORMAT && seal !== sealOf(whole)) {
    const why = 'it was changed after it had been written: its seal is not that of its contents';
    throw new DbError('DB_BACKUP_DAMAGED', { why, at: join(folder, MANIFEST), changed: 'nothing was changed' });
  }
  return whole;
}

async function readFields(folder: string): Promise<Partial<Manifest> & { readonly seal?: unknown }> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch((cause: unknown) => {
    throw unfit(folder, `there is no ${MANIFEST} that can be read: this is no finished backup`, cause);
  });
  try {
    return Object(JSON.parse(text)) as Partial<Manifest> & { readonly seal?: unknown };
  } catch (cause) {
    throw unfit(folder, `${MANIFEST} is not JSON`, cause);
  }
}

export const HISTORY_FILE = 'history.json';
export const CATALOG_FILE = 'catalog.json';
export const PRIVILEGES_FILE = 'privileges.json';
export const DUMP_FILE = 'domain.dump';

function fixedFiles(tool: BackupTool): readonly string[] {
  return [HISTORY_FILE, CATALOG_FILE, PRIVILEGES_FILE, ...(tool === 'pg_dump' ? [DUMP_FILE] : [])];
}

function unfit(folder: string, why: string, cause?: unknown): DbError {
  return new DbError('DB_BACKUP_MANIFEST', { why, at: folder, changed: 'nothing was changed' }, { cause });
}

type Holds = (value: unknown) => boolean;
const isText: Holds = (value) => typeof value === 'string' && value !== '';
const isCount: Holds = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isTextOrNull: Holds = (value) => value === null || typeof value === 'string';
/** One folder deep at most, and never upwards. */
const isPath: Holds = (value) => typeof value === 'string' && /^(?:\w[\w-]*\/)?\w[\w.-]*$/.test(value);
const isMoment: Holds = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value));
const list =
  (holds: Holds): Holds =>
  (value) =>
    Array.isArray(value) && value.every(holds);
const shape =
  (fields: Readonly<Record<string, Holds>>): Holds =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(fields).every(([field, holds]) => holds((value as Readonly<Record<string, unknown>>)[field]));

const FIELDS: readonly (readonly [keyof Manifest, Holds])[] = [
  ['tool', (value) => value === 'pg_dump' || value === 'driver'],
  ['toolVersion', isTextOrNull],
  ['server', shape({ version: isText, major: isCount })],
  ['database', isText],
  ['domain', isText],
  ['schema', isText],
  ['head', isText],
  ['startedAt', isMoment],
  ['finishedAt', isMoment],
  ['catalogHash', isText],
  [
    'tables',
    list(
      shape({ name: isText, columns: list(isText), rows: isCount, file: (value) => value === null || isPath(value) }),
    ),
  ],
  ['sequences', list(shape({ name: isText, lastValue: isText, isCalled: (value) => typeof value === 'boolean' }))],
  ['materializedViews', list(isText)],
  ['migrations', list(isPath)],
  ['lost', list(shape({ object: isText, definition: isTextOrNull }))],
  ['files', list(shape({ path: isPath, bytes: isCount, sha256: isText }))],
];
