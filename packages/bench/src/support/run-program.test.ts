import { expect, test } from 'vitest';
import { reportedMs, runProgram, TookTooLong } from './run-program.ts';

test('what a script took is read from its last line, whatever the migrator printed before', () => {
  expect(reportedMs('done\n{"other":1}\n\n{"ms":12.5}\n')).toBe(12.5);
});

test('a script that reported nothing is an error, not a zero', () => {
  expect(() => reportedMs('done\n')).toThrow('expected a script to report');
});

test('a failure tells what was said, and never the connection URL', async () => {
  const url = 'postgres://someone:secret@localhost/x';
  const failing = runProgram([process.execPath, '-e', `console.error('no ${url}'); process.exit(3)`, url], '.');
  await expect(failing).rejects.toThrow(/ended with 3: no <url>/);
  await expect(failing).rejects.not.toThrow(/secret/);
});

test('a program that does not end is killed and told apart from one that fails', async () => {
  const endless = runProgram([process.execPath, '-e', 'setInterval(() => {}, 1000)'], '.', 300);
  await expect(endless).rejects.toThrow(TookTooLong);
});
