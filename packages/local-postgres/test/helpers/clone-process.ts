import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface CloneAnswer {
  pid: number;
  database: string;
  /** How often this process built the template. */
  builds: number;
}

/** Lets another Node process clone the template once. With `dies` it ends without dropping its database. */
export function cloneProcess(options: { server: string; name: string; dies?: boolean }): Promise<CloneAnswer> {
  return new Promise((resolve, reject) => {
    const program = join(import.meta.dirname, '../fixtures/clone.ts');
    const child = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', () => {
      try {
        resolve(JSON.parse(output));
      } catch (error) {
        reject(error);
      }
    });
  });
}
