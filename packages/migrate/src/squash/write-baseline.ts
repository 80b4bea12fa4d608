import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { DomainConfig } from '../config/config.ts';
import { foldSnapshots } from './fold-snapshots.ts';
import type { Squash } from './squash-domain.ts';

/** Puts the baseline into the history and takes the replaced folders out. Synchronous, so that no signal comes between; version control
 *  has what goes. */
export function writeBaseline(domain: DomainConfig, root: string, { name, replaced, sql, down }: Squash): void {
  const history = join(root, domain.migrations);
  // Beside the histories, so that it enters one by a rename.
  const staged = mkdtempSync(join(root, '.squash-'));
  try {
    const folder = join(staged, name);
    mkdirSync(folder);
    writeFileSync(join(folder, 'migration.sql'), sql);
    writeFileSync(join(folder, 'down.sql'), down);
    const snapshot = foldSnapshots(snapshotsOf(history, replaced));
    if (snapshot !== null) writeFileSync(join(folder, 'snapshot.json'), snapshot);
    for (const old of replaced) renameSync(join(history, old), join(staged, `replaced-${old}`));
    renameSync(folder, join(history, name));
  } catch (error) {
    restore(history, staged);
    throw error;
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
}

function snapshotsOf(history: string, replaced: readonly string[]): readonly string[] {
  const files = replaced.map((name) => join(history, name, 'snapshot.json')).filter((path) => existsSync(path));
  return files.map((path) => readFileSync(path, 'utf8'));
}

function restore(history: string, staged: string): void {
  const moved = readdirSync(staged).filter((name) => name.startsWith('replaced-'));
  for (const name of moved) renameSync(join(staged, name), join(history, name.slice('replaced-'.length)));
}
