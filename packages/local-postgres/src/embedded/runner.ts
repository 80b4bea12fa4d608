import { spawnSync } from 'node:child_process';

/** As whom Postgres runs. Undefined ids: as ourselves. Postgres refuses root, so root hands over to another uid. */
export interface Runner {
  ids: { uid: number; gid: number } | undefined;
}

/** `nobody`: there on every system, owns nothing. */
const NOBODY = 65_534;

/** Ourselves, or `nobody` where we are root. */
export function defaultRunner(): Runner {
  return { ids: process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : undefined };
}

/** Whether the runner can enter the folder through all that lies above it; asked by trying, so access lists count. */
export function canEnter(runner: Runner, folder: string): boolean {
  if (runner.ids === undefined) return true;
  const probe = spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], { ...runner.ids, cwd: '/', stdio: 'ignore' });
  return probe.status === 0;
}
