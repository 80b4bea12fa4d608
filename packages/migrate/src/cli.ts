import { setFlagsFromString } from 'node:v8';
import { divertConsole } from './cli/output.ts';
import { createProgram } from './cli/program.ts';
import { commanderExit } from './cli/run.ts';
import type { Config } from './config/config.ts';

export interface BuiltIn {
  readonly config: Config;
  /** Folder that the configuration's paths are relative to. */
  readonly root: string;
}

/** Runs the command line of this process and sets its exit code. A bundle passes its configuration; otherwise `--config` names it. */
export async function runCli(builtIn?: BuiltIn): Promise<void> {
  // A young heap that grows saves a twentieth of the time and costs up to 100 MB, of what is often a small container.
  setFlagsFromString('--semi-space-growth-factor=1');
  for (const stream of [process.stdout, process.stderr]) stream.on('error', passOverClosedPipe);
  divertConsole();
  const json = process.argv.includes('--json');
  try {
    await createProgram((code) => {
      process.exitCode = code;
    }, builtIn).parseAsync();
  } catch (error) {
    process.exitCode = commanderExit(error, json);
  }
}

/** Whoever reads may have enough, as `head` does: that is no reason to stop in the middle of a migration. */
function passOverClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
