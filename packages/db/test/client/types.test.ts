import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** 326,573 were measured for the program; what adds a quarter to every application's check is worth a look. */
const INSTANTIATIONS_MAX = 400_000;

test('an application of one domain is checked within its budget of type instantiations', async () => {
  const tsc = join(import.meta.dirname, '../../node_modules/.bin/tsc');
  const program = join(import.meta.dirname, 'programs');
  // in one thread: several each make their own copies, in numbers that differ from run to run
  const { stdout } = await promisify(execFile)(tsc, ['-p', program, '--singleThreaded', '--extendedDiagnostics']);
  const instantiations = Number(/^Instantiations:\s+(\d+)$/m.exec(stdout)?.[1]);
  expect(instantiations).toBeGreaterThan(100_000);
  expect(instantiations).toBeLessThanOrEqual(INSTANTIATIONS_MAX);
});
