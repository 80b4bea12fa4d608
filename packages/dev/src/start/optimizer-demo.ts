import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../env.ts';
import type { Environment } from './run-db.ts';

const DEMO = join(root, 'apps/optimizer-api/demo/main.ts');

/** The optimizer's API and worker with stand-ins for the outside, as a process of their own; they say themselves where they are. */
export function startOptimizerDemo(environment: Environment): AsyncDisposable {
  const child: ChildProcess = spawn(process.execPath, [DEMO], {
    env: environment,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return {
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
