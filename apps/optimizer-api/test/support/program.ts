import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A program of this app in a process of its own. */
export interface Program extends AsyncDisposable {
  readonly url: string;
  /** What it has logged so far. */
  log(): string;
  /** Ends it and waits for its end. @returns its exit code; null where a signal ended it */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

export const programPath = (name: 'api' | 'worker' | 'tokens') => join(import.meta.dirname, `../../src/${name}.ts`);

/** Starts it, and waits until its port is open, which it says in its log. */
export async function startProgram(
  name: 'api' | 'worker',
  environment: Readonly<Record<string, string>>,
): Promise<Program> {
  const child = spawn(process.execPath, [programPath(name)], {
    env: { ...environment, LOG_LEVEL: environment['LOG_LEVEL'] === 'debug' ? 'debug' : 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let log = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code} before it was up`)));
    child.stdout.on('data', (chunk: Buffer) => {
      log += chunk.toString('utf8');
      const line = log.split('\n').find((text) => /"(serving|working)"/.test(text) && text.endsWith('}'));
      if (line !== undefined) resolve((JSON.parse(line) as { url: string }).url);
    });
  });
  const end = (signal: 'SIGTERM' | 'SIGKILL') => endChild(child, signal);
  return { url, log: () => log, end, [Symbol.asyncDispose]: async () => void (await end('SIGKILL')) };
}

async function endChild(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
  return child.exitCode;
}
