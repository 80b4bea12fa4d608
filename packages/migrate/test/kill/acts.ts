import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseTemplate } from '@repo/local-postgres';
import { parseTarget, rollbackDomain } from '../../src/index.ts';
import { createProject, type Project } from '../support/project.ts';
import { BACKFILLS, DOWNS, HISTORY, WAITING, WAITING_DOWN } from './history.ts';

/** A statement that waits for old transactions, and what makes it wait. */
export interface Waiting {
  readonly statement: string;
  readonly blocker: 'writer' | 'snapshot';
}

/** A command that is cut, and run again. */
export interface Act {
  readonly command: 'migrate' | 'rollback';
  readonly project: Project;
  /** What the bin is called with. */
  readonly args: readonly string[];
  /** What the database holds before. Undefined: nothing. */
  readonly before: DatabaseTemplate | undefined;
  /** Statements of it that wait for old transactions. */
  readonly waiting: readonly Waiting[];
  run(url: string, lockWaitMs: number): Promise<unknown>;
}

/** The project whose history, up and down, has one of each thing that a cut can catch. */
export async function createKillProject(): Promise<Project> {
  const project = await createProject(HISTORY, BACKFILLS);
  for (const [name, sql] of Object.entries(DOWNS))
    await writeFile(join(project.root, 'migrations', name, 'down.sql'), sql);
  await project.writeConfig();
  return project;
}

export function migrating(project: Project): Act {
  return {
    command: 'migrate',
    project,
    args: ['--config', join(project.root, 'db.config.ts'), 'migrate'],
    before: undefined,
    waiting: WAITING,
    run: (url, lockWaitMs) => project.migrate(url, { lockWaitMs }),
  };
}

/** Undoes all that has a down. By name, for that can be repeated without harm. */
export function rollingBack(project: Project): Act {
  const [to = ''] = Object.keys(HISTORY);
  return {
    command: 'rollback',
    project,
    args: ['--config', join(project.root, 'db.config.ts'), 'rollback', '--domain', 'shop', '--to', to],
    // Of this project alone: what the engine writes beside it may differ in the next run.
    before: { name: `kill ${project.root}`, build: async (url) => void (await project.migrate(url)) },
    waiting: WAITING_DOWN,
    run: (url, lockWaitMs) =>
      rollbackDomain(project.domain, {
        root: project.root,
        target: parseTarget(url, 'test'),
        extent: { kind: 'to', name: to },
        lockWaitMs,
      }),
  };
}
