import type { Target } from '../connect/target.ts';
import type { Environment } from '../connect/urls.ts';
import { DbError } from '../errors/db-error.ts';
import { type ClientProgram, findProgram } from './client-program.ts';
import type { BackupTool } from './report.ts';

/** The pg_dump to back up a server of this major version with, or null for the driver: where none is wanted, or none is new enough.
 *  @throws {DbError} DB_BACKUP_TOOL where pg_dump was asked for by name and there is none */
export async function choosePgDump(
  wanted: BackupTool | undefined,
  serverMajor: number,
  target: Target,
  environment: Environment,
): Promise<ClientProgram | null> {
  if (wanted === 'driver') return null;
  const found = await findProgram('pg_dump', { atLeast: serverMajor, target }, environment);
  if (found !== undefined) return found;
  if (wanted === undefined) return null;
  throw missing('pg_dump', serverMajor, 'install the client of that version, or use --with driver');
}

/** The pg_restore that reads what this pg_dump wrote.
 *  @throws {DbError} DB_BACKUP_TOOL */
export async function requirePgRestore(dumpMajor: number, environment: Environment): Promise<ClientProgram> {
  const found = await findProgram('pg_restore', { atLeast: dumpMajor, target: null }, environment);
  if (found !== undefined) return found;
  throw missing('pg_restore', dumpMajor, 'install the client of that version: a dump is read by no other program');
}

function missing(name: string, major: number, fix: string): DbError {
  return new DbError('DB_BACKUP_TOOL', {
    why: `expected ${name} ${major} or newer on PATH or in a local Docker image "postgres" that reaches the server, found none`,
    fix,
    changed: 'nothing was changed',
  });
}
