import { execFile } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const CLI = join(root, '../migrate/src/cli/main.js');

export interface Ended {
  readonly exit: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `pnpm db …` of this package against one URL. */
export function runDb(args: readonly string[], url?: string): Promise<Ended> {
  const flags = ['--config', join(root, 'db.config.ts'), ...args, ...(url === undefined ? [] : ['--url', url])];
  return new Promise((settle) => {
    execFile(process.execPath, [CLI, ...flags], { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) =>
      settle({ exit: error === null ? 0 : (error.code ?? null), stdout, stderr }),
    );
  });
}
