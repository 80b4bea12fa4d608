import { EnvironmentError } from './env.ts';
import type { Started } from './start-api.ts';

/** Starts a program and stops it on SIGTERM or SIGINT. A faulty environment ends it with 64 and all faults on stderr; what else keeps it
 *  from starting, a port that is taken say, with 1 and its reason. */
export async function run(start: () => Promise<Started>): Promise<void> {
  try {
    const started = await start();
    const stop = () => void started.stop().then(() => process.exit(0));
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    // at once: what was started before the failure is not waited for
    process.exit(error instanceof EnvironmentError ? 64 : 1);
  }
}

/** What has a code was foreseen by somebody; of what has none the stack is needed. */
function describe(error: unknown): string | undefined {
  if (!(error instanceof Error)) return String(error);
  return error instanceof EnvironmentError || 'code' in error ? error.message : error.stack;
}
