import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { Project } from './project.ts';
import { type Ended, runMain } from './run-main.ts';

/** A folder that goes with the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'backup-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs a command of a project against one database. */
export const runDb = (project: Project, url: string, ...args: readonly string[]): Promise<Ended> =>
  runMain(['--config', join(project.root, 'db.config.ts'), ...args, '--url', url], project.root);

/** Backs a project's database up. @returns the folder of the backup */
export async function backUp(project: Project, url: string, ...args: readonly string[]): Promise<string> {
  const ended = await runDb(project, url, 'backup', '--json', '--out', await temporaryFolder(), ...args);
  expect(ended, ended.stdout).toMatchObject({ exit: 0 });
  return JSON.parse(ended.stdout).domains[0].folder;
}
