import { spawnSync } from 'node:child_process';
import { createTestDatabase } from '@repo/local-postgres';
import { beforeAll, expect, test } from 'vitest';
import { environmentFor, root } from '../src/env.ts';

let url: string;
beforeAll(async () => {
  const database = await createTestDatabase();
  url = database.url;
  return () => database.drop();
});

/** `npm run <alias> …` as its users type it, on the test's own database alone. */
function run(alias: string, flags: readonly string[] = [], args: readonly string[] = []) {
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', alias, ...args, '--', ...flags], {
    cwd: root,
    encoding: 'utf8',
    env: environmentFor(url),
  });
  return { exit: status, stdout, stderr };
}

const DOMAINS = ['bot', 'audit', 'video', 'optimizer', 'train'];
const eachDomain = (text: RegExp) =>
  expect.stringMatching(new RegExp(DOMAINS.map((name) => `${name}: ${text.source}`).join('\\n')));

test('the aliases of other tools do what their users know: up, one down, up again, a look, all down, nothing made', () => {
  expect(run('migrate')).toMatchObject({ exit: 0, stdout: eachDomain(/applied \d+/) });
  expect(run('db:seed').exit).toBe(0);
  expect(run('migrate:down')).toMatchObject({
    exit: 64,
    stderr: expect.stringContaining('expected exactly one --domain'),
  });
  expect(run('migrate:down', ['--domain', 'optimizer'])).toMatchObject({
    exit: 0,
    stdout: 'optimizer: rolled back 1\n',
  });
  expect(run('db:test')).toMatchObject({ exit: 2, stdout: expect.stringContaining('is pending') });
  expect(run('migrate:up')).toMatchObject({ exit: 0, stdout: expect.stringContaining('optimizer: applied 1\n') });
  const looked = run('db:test');
  expect(looked).toMatchObject({ exit: 0, stdout: expect.stringContaining('yes optimizer') });
  for (const line of ['applied 20', 'there   optimizer.jobs\n', 'there   plans free (Free)\n'])
    expect(looked.stdout).toContain(line);
  expect(run('db:migrate:down')).toMatchObject({ exit: 0, stdout: expect.stringContaining('video: rolled back') });
  expect(run('db:migrate:down')).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining('video: nothing to roll back'),
  });
  expect(run('migrate:create', [], ['add_nothing'])).toMatchObject({
    exit: 64,
    stderr: expect.stringContaining('expected exactly one --domain'),
  });
}, 180_000);
