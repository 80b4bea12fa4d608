import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../error-text.ts';
import { LocalPostgresError } from '../errors.ts';
import { machineTag } from '../owner/machine.ts';
import { isOrphan, ownedName, parseOwnedName } from '../owner/owned-name.ts';
import { readState } from './state.ts';

/** Takes the folder for this start alone and returns the release. The lock of a dead process is taken over.
 *  @throws {LocalPostgresError} LP_FOLDER_IN_USE */
export function lockFolder(folder: string): () => void {
  const lock = join(folder, 'owner.lock');
  const mine = ownedName('owner');
  if (!tryLink(folder, lock, mine)) {
    evict(folder, lock);
    if (!tryLink(folder, lock, mine)) throw inUse(folder, lock, readLock(lock));
  }
  return () => {
    if (readLock(lock) === mine) rmSync(lock, { force: true });
  };
}

/** Makes the lock with its content in one step; false if there is one. */
function tryLink(folder: string, lock: string, content: string): boolean {
  const draft = join(folder, content);
  writeFileSync(draft, content, { mode: 0o600 });
  try {
    linkSync(draft, lock);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    return tryWrite(lock, content);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** For file systems without hard links. */
function tryWrite(lock: string, content: string): boolean {
  try {
    writeFileSync(lock, content, { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Takes a dead process's lock away; puts back what another start has laid there in the meantime. */
function evict(folder: string, lock: string): void {
  const holder = readLock(lock);
  if (holder === undefined) return;
  const name = parseOwnedName(holder);
  if (name !== undefined && !isOrphan(name)) throw inUse(folder, lock, holder);
  const aside = join(folder, ownedName('evicted'));
  try {
    renameSync(lock, aside);
    if (readLock(aside) !== holder) linkSync(aside, lock);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function readLock(lock: string): string | undefined {
  try {
    return readFileSync(lock, 'utf8');
  } catch {
    return undefined;
  }
}

/** Where the server of a folder listens, unless its port was taken; never the password. Empty: its first start has not come so far. */
function addressOf(folder: string): string {
  const state = readState(folder);
  if (state === undefined) return '';
  return ` at 127.0.0.1:${state.port} (its password is in ${join(folder, 'server.json')})`;
}

function inUse(folder: string, lock: string, holder: string | undefined): LocalPostgresError {
  const name = holder === undefined ? undefined : parseOwnedName(holder);
  const isHere = name?.isLocal === true;
  return new LocalPostgresError('LP_FOLDER_IN_USE', {
    expected: `no other process to run a server on ${folder}`,
    got:
      name === undefined
        ? 'one that starts at the same moment'
        : `process ${name.owner.pid}${isHere ? '' : ` of another machine or container (not ${machineTag})`}`,
    fix:
      isHere || name === undefined
        ? `stop that process first, use its server${addressOf(folder)}, or give another folder`
        : `stop it there, or delete ${lock} if it is dead`,
  });
}
