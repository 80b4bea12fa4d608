import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A program that was killed because it did not end. */
export class TookTooLong extends Error {
  override readonly name = 'TookTooLong';
}

/** Runs a program to its end and returns its stdout. A failure is told without the connection URL, which is a secret.
 *  @throws {TookTooLong} after `timeoutMs`; 0: never
 *  @throws {Error} where the exit code is not 0 */
export async function runProgram(command: readonly string[], cwd: string, timeoutMs = 0): Promise<string> {
  const [program = '', ...args] = command;
  const run = promisify(execFile)(program, args, { cwd, maxBuffer: 64 * 1024 * 1024, timeout: timeoutMs });
  const { stdout } = await run.catch(
    (error: { code?: unknown; killed?: boolean; stdout?: string; stderr?: string }) => {
      if (error.killed === true) throw new TookTooLong(`did not end within ${timeoutMs / 1000} s`);
      const said = `${error.stdout ?? ''}${error.stderr ?? ''}`.trim().slice(-2000);
      const message = `${command.join(' ')} ended with ${String(error.code)}: ${said}`;
      throw new Error(message.replaceAll(/postgres(ql)?:\/\/[^\s'"]+/g, '<url>'));
    },
  );
  return stdout;
}

/** Whether a program is on PATH and runs. */
export async function programRuns(program: string, argument: string): Promise<boolean> {
  return await promisify(execFile)(program, [argument]).then(
    () => true,
    () => false,
  );
}

/** The milliseconds that a script reported as its last line. @throws {Error} where it reported none */
export function reportedMs(stdout: string): number {
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  const found: unknown = last.startsWith('{') ? JSON.parse(last) : undefined;
  if (typeof found === 'object' && found !== null && 'ms' in found && typeof found.ms === 'number') return found.ms;
  throw new Error(`expected a script to report its milliseconds, got ${last}`);
}
