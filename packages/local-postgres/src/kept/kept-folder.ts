import { accessSync, chmodSync, constants, existsSync, realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { codeOf, messageOf } from '../error-text.ts';
import { LocalPostgresError } from '../errors.ts';
import { makeFolder } from '../make-folder.ts';
import { badOption } from '../options.ts';
import type { StartOptions } from '../types.ts';
import { lockFolder } from './folder-lock.ts';
import { type KeptState, readState, removeState, writeState } from './state.ts';

/** A persisted folder, locked for this process. */
export interface KeptFolder {
  /** Real path. */
  folder: string;
  /** Undefined until a server of this folder has been ready once. */
  state: KeptState | undefined;
  save(state: KeptState): void;
  /** Undoes every `save`. */
  forget(): void;
  release(): void;
}

/** Opens the folder for one server, making it where it is missing.
 *  @throws {LocalPostgresError} LP_FOLDER_UNWRITABLE, LP_FOLDER_IN_USE, LP_FOLDER_DAMAGED, LP_FOLDER_OTHER_VERSION */
export function openKept(persist: string, options: StartOptions): KeptFolder {
  const folder = writableFolder(persist);
  const release = lockFolder(folder);
  try {
    const state = readState(folder);
    if (state !== undefined) checkAgainst(state, options, folder);
    return { folder, state, save: (next) => writeState(folder, next), forget: () => removeState(folder), release };
  } catch (error) {
    release();
    throw error;
  }
}

function writableFolder(persist: string): string {
  const folder = resolve(persist);
  try {
    if (!existsSync(folder)) {
      makeFolder(folder);
      // whatever our umask: Postgres may run as another user, and its data folder has mode 700
      chmodSync(folder, 0o755);
    }
    if (!statSync(folder).isDirectory()) throw new Error('a file is in its place');
    accessSync(folder, constants.W_OK | constants.X_OK);
    return realpathSync(folder);
  } catch (error) {
    throw folderUnwritable(folder, `${codeOf(error) ?? 'error'}: ${messageOf(error)}`, error);
  }
}

export function folderUnwritable(folder: string, got: string, cause?: unknown): LocalPostgresError {
  return new LocalPostgresError('LP_FOLDER_UNWRITABLE', {
    expected: `\`persist\` to name a folder that we can write (${folder})`,
    got,
    fix: 'give another folder, or change its owner or permissions',
    cause,
  });
}

function checkAgainst(state: KeptState, options: StartOptions, folder: string): void {
  if (options.version !== undefined && options.version !== state.version) {
    throw new LocalPostgresError('LP_FOLDER_OTHER_VERSION', {
      expected: `${folder} to hold data of PostgreSQL ${options.version}`,
      got: `data of PostgreSQL ${state.version}, which no other major can read`,
      fix: `ask for version ${state.version} (or for none), give another folder, or dump the data and load it into a new one`,
    });
  }
  if (options.source !== undefined && options.source !== 'auto' && options.source !== state.source) {
    throw badOption(
      `\`source\` to be ${state.source}, which holds the data of ${folder}`,
      options.source,
      'leave `source` out, or give another folder',
    );
  }
}
