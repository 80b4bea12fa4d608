import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const bin = join(import.meta.dirname, '../bin.ts');

test('on a Node that is too old the bundle says which one it needs, and loads nothing', async () => {
  const older = "data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'20.19.0'}})";
  const ended = await new Promise((settle) =>
    execFile(process.execPath, ['--import', older, bin, 'migrate'], (error, stdout, stderr) =>
      settle({ exit: error?.code, stdout, stderr }),
    ),
  );
  expect(ended).toEqual({ exit: 64, stdout: '', stderr: 'DB_USAGE: expected Node 22 or newer, got 20.19.0\n' });
});
