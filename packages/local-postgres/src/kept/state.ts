import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../error-text.ts';
import { LocalPostgresError } from '../errors.ts';

/** What a persisted folder remembers between starts, in its `server.json` (mode 600, it holds the password). */
export interface KeptState {
  format: 1;
  source: 'docker' | 'embedded';
  /** Major version that made the data. */
  version: number;
  /** Preferred port: taken at every start while it is free. */
  port: number;
  password: string;
  /** Where the data is: `data` below the folder, an absolute path where Postgres cannot enter the folder, or the name of
   *  a volume of the container engine. */
  place: string;
}

const fileIn = (folder: string): string => join(folder, 'server.json');

/** The folder's memory; undefined where it has none yet. @throws {LocalPostgresError} LP_FOLDER_DAMAGED */
export function readState(folder: string): KeptState | undefined {
  const file = fileIn(folder);
  if (!existsSync(file)) return undefined;
  try {
    const state: KeptState = JSON.parse(readFileSync(file, 'utf8'));
    if (state.format !== 1 || typeof state.place !== 'string' || typeof state.password !== 'string')
      throw new Error('unknown shape');
    return state;
  } catch (error) {
    throw damaged(folder, `${file} that cannot be read (${messageOf(error)})`, error);
  }
}

/** Replaces the folder's memory as a whole. */
export function writeState(folder: string, state: KeptState): void {
  const file = fileIn(folder);
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export function removeState(folder: string): void {
  rmSync(fileIn(folder), { force: true });
}

export function damaged(folder: string, got: string, cause?: unknown): LocalPostgresError {
  return new LocalPostgresError('LP_FOLDER_DAMAGED', {
    expected: `${folder} to hold what an earlier start left there`,
    got,
    fix: 'put the missing part back, or delete the folder (and its data with it) to begin anew',
    cause,
  });
}
