import { EnvironmentError } from './env.ts';
import type { Started } from './start-api.ts';

/** Starts a program and stops it on SIGTERM or SIGINT. A faulty environment ends it with 64 and all faults on stderr. */
export async function run(start: () => Promise<Started>): Promise<void> {
  try {
    const started = await start();
    const stop = () => void started.stop().then(() => process.exit(0));
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 64;
  }
}
