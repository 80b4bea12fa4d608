import { createProgram } from './cli/program.ts';
import { commanderExit } from './cli/run.ts';
import type { Config } from './config/config.ts';
import { EXIT } from './errors/codes.ts';

export interface BuiltIn {
  readonly config: Config;
  /** Folder that the configuration's paths are relative to. */
  readonly root: string;
}

/** Runs the command line of this process and sets its exit code. A bundle passes its configuration; otherwise `--config` names it. */
export async function runCli(builtIn?: BuiltIn): Promise<void> {
  process.once('SIGINT', () => process.exit(EXIT.interrupted));
  try {
    await createProgram((code) => {
      process.exitCode = code;
    }, builtIn).parseAsync();
  } catch (error) {
    process.exitCode = commanderExit(error);
  }
}
