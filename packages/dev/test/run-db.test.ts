import { expect, test } from 'vitest';
import { CommandFailed, runDb } from '../src/start/run-db.ts';

/** Runs a command that reaches no database, and of which the process first does something else. */
const runWith = (first: string) =>
  runDb(['migrate', '--url', 'nowhere'], {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(first)}`,
  }).then(
    () => undefined,
    (error: unknown) => (error instanceof CommandFailed ? { exit: error.exit, message: error.message } : error),
  );

test('a command that is killed before its answer is reported with the signal', async () => {
  expect(await runWith("process.kill(process.pid, 'SIGKILL')")).toEqual({
    exit: 1,
    message: 'pnpm db migrate: it was ended by SIGKILL',
  });
});

test('a command that ends without an answer, or in the middle of it, is reported with its exit code', async () => {
  const message = 'pnpm db migrate: it ended with exit 7';
  expect(await runWith('process.exit(7)')).toEqual({ exit: 7, message });
  expect(await runWith("process.stdout.write('{ \\'ver', () => process.exit(7))")).toEqual({ exit: 7, message });
});

test('a command that fails with an answer is reported with its code and its fix', async () => {
  expect(await runWith('')).toMatchObject({ exit: 64, message: expect.stringMatching(/DB_URL_INVALID .*\n {2}fix: /) });
});
