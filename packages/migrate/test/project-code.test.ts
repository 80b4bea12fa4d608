import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createDrizzleProject } from './support/drizzle-project.ts';
import { runMain } from './support/run-main.ts';

/** `check --json` of a project whose schema ends with some code. */
async function checkWith(code: string) {
  await using project = await createDrizzleProject('');
  await project.declare(`${code}\n`);
  await project.writeConfig();
  await mkdir(join(project.root, 'migrations'), { recursive: true });
  return await runMain(['check', '--json'], project.root);
}

describe('code of the project that a command loads', () => {
  test('what it prints goes to stderr, and stdout is one JSON object', async () => {
    const { stdout, stderr } = await checkWith("console.log('loaded'); console.table([1]);");
    expect(stderr).toContain('loaded\n');
    expect(stderr).toContain('index');
    expect(JSON.parse(stdout)).toMatchObject({ command: 'check' });
  });

  test.each([
    ['process.exit(0);', 'ended the process, with 0'],
    ['await new Promise(() => {});', 'waits for something that never comes'],
  ])('where it says %s a check does not pass: it says what happened', async (code, message) => {
    const { exit, stdout } = await checkWith(code);
    expect(exit).toBe(64);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      error: { code: 'DB_CONFIG', message: expect.stringContaining(message) },
    });
  });
});
