import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import { expect, test } from 'vitest';

const here = join(import.meta.dirname, '..');
const cli = join(here, '../migrate/src/cli/main.js');

/** The domain with triggers, functions, renamed columns, enums and eight backfills, up to the middle of its history. */
const TO = '20261121012914_conversation_analyses';

test('the first eighteen migrations of train become a proven baseline from which drizzle-kit and check go on', async () => {
  const project = await mkdtemp(join(here, '.squash-test-'));
  try {
    for (const shared of ['src', 'drizzle']) await symlink(join(here, shared), join(project, shared), 'dir');
    await cp(join(here, 'db.config.ts'), join(project, 'db.config.ts'));
    await cp(join(here, 'migrations'), join(project, 'migrations'), { recursive: true });
    const run = (...args: readonly string[]) => {
      const env = { PATH: dirname(process.execPath) };
      return spawnSync(process.execPath, [cli, ...args], { cwd: project, encoding: 'utf8', env });
    };
    const servers = testServers().flatMap(({ url }) => ['--scratch-url', url]);
    const squashed = run('squash', '--domain', 'train', '--to', TO, '--yes', ...servers);
    expect(squashed).toMatchObject({ status: 0, stdout: expect.stringContaining('18 migrations') });
    expect((await readdir(join(project, 'migrations/train')))[0]).toBe(`${TO.slice(0, 14)}_baseline`);
    const check = run('check', '--domain', 'train', '--no-base');
    expect(check).toMatchObject({ status: 0, stdout: expect.stringContaining('ok train') });
  } finally {
    await rm(project, { recursive: true });
  }
});
