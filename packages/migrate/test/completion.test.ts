import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProject } from './support/project.ts';
import { runMain } from './support/run-main.ts';

async function completion(shell: string) {
  await using project = await createProject({});
  await project.writeConfig();
  return await runMain(['--config', join(project.root, 'db.config.ts'), 'completion', shell], project.root);
}

/** What bash itself would offer for a line that is being typed. */
function offered(script: string, words: readonly string[]): readonly string[] {
  const typed = words.map((word) => `'${word}'`).join(' ');
  const probe = `${script}\nCOMP_WORDS=(db ${typed}); COMP_CWORD=${words.length}; _db; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', probe], { encoding: 'utf8' }).trim().split('\n');
}

test('bash completes commands, and the flags of a command', async () => {
  const { stdout, exit } = await completion('bash');
  expect(exit).toBe(0);
  expect(offered(stdout, ['ro'])).toEqual(['rollback', 'roles']);
  expect(offered(stdout, ['migrate', '--dry'])).toEqual(['--dry-run']);
  expect(offered(stdout, ['--json', 'seed', '--de'])).toEqual(['--demo']);
});

test('behind --domain bash offers domains, and behind another flag with a value no flags', async () => {
  const { stdout } = await completion('bash');
  expect(offered(stdout, ['backup', '--domain', ''])).toEqual(['shop']);
  expect(offered(stdout, ['backup', '--out', '-'])).toEqual(['']);
  expect(offered(stdout, ['backup', '--allow-drift', '--out'])).toEqual(['--out']);
});

test('an unknown shell is refused, with those that are known', async () => {
  expect(await completion('tcsh')).toMatchObject({
    exit: 64,
    stderr: expect.stringContaining('bash, zsh, fish'),
  });
});
