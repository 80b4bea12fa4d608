import { chmodSync, existsSync, lstatSync, mkdirSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../error-text.ts';
import { LocalPostgresError } from '../errors.ts';
import { canEnter, defaultRunner } from './runner.ts';

/** Memory-backed folder of Linux. A clone there takes 13 ms, on a disk 25 to 400 (notes in README). */
const MEMORY = '/dev/shm';
/** Free memory below which throwaway data goes to the disk, bytes: 2 GiB. */
const ROOMY_BYTES = 2 * 1024 ** 3;

const disks = (): string[] => [...new Set([tmpdir(), '/var/tmp', '/tmp'])];

/** Where the data of throwaway servers goes: memory where there is plenty and nobody asked for durability, else disk.
 *  @throws {LocalPostgresError} LP_FOLDER_UNWRITABLE */
export function runFolder(durable: boolean): string {
  return firstUsable(!durable && isRoomy() ? [MEMORY, ...disks()] : disks(), 'run');
}

/** Where things lie that are made once per release: the copied programs, the cluster to copy. Outlives processes.
 *  @throws {LocalPostgresError} LP_FOLDER_UNWRITABLE */
export function cacheFolder(): string {
  return firstUsable(disks(), 'cache');
}

/** Every folder in which a dead process of our user may have left something. */
export function foldersToSweep(): string[] {
  const roots = [MEMORY, ...disks()].map(rootIn);
  return roots.flatMap((root) => [join(root, 'run'), join(root, 'cache')]).filter(isOurs);
}

const rootIn = (parent: string): string => join(parent, `local-postgres-${process.getuid?.() ?? 'user'}`);

function isRoomy(): boolean {
  if (!existsSync(MEMORY)) return false;
  const space = statfsSync(MEMORY);
  return Math.min(space.bavail * space.bsize, process.availableMemory()) >= ROOMY_BYTES;
}

/** The folder belongs to our user alone, and the user that runs Postgres can enter it. */
function firstUsable(parents: readonly string[], name: string): string {
  const reasons: string[] = [];
  for (const parent of parents) {
    try {
      const root = ownFolder(rootIn(parent));
      if (!canEnter(defaultRunner(), root)) throw new Error('the user that runs Postgres cannot enter it');
      return ownFolder(join(root, name));
    } catch (error) {
      reasons.push(`${parent}: ${messageOf(error)}`);
    }
  }
  throw new LocalPostgresError('LP_FOLDER_UNWRITABLE', {
    expected: 'a folder for temporary data that our user can write and Postgres can enter',
    got: reasons.join('; '),
    fix: 'set TMPDIR to such a folder',
  });
}

/** Makes the folder, or takes it if it is ours: one that somebody else prepared could feed us programs. */
function ownFolder(path: string): string {
  mkdirSync(path, { recursive: true });
  if (!isOurs(path)) throw new Error(`${path} belongs to another user`);
  if (process.getuid !== undefined && (lstatSync(path).mode & 0o777) !== 0o755) chmodSync(path, 0o755);
  return path;
}

function isOurs(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() === true && (process.getuid === undefined || found.uid === process.getuid());
}
