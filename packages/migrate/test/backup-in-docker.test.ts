import { spawnSync } from 'node:child_process';
import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from './support/backups.ts';
import { contentsOf } from './support/contents.ts';
import { emptyDatabase } from './support/database.ts';
import { dockerHost } from './support/env.ts';
import { createProject } from './support/project.ts';
import { runMain } from './support/run-main.ts';
import { ROWS, SHAPES } from './support/shapes.ts';

const docker = spawnSync('sh', ['-c', 'command -v docker'], { encoding: 'utf8' }).stdout.trim();

/** Major versions of the pg_dump in the local images `postgres:…`; none where no engine answers. */
const majors = spawnSync('docker', ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', 'postgres'], {
  encoding: 'utf8',
})
  .stdout?.split('\n')
  .filter((image) => /^postgres:\d/.test(image))
  .map((image) =>
    Number(
      /\(PostgreSQL\) (\d+)/.exec(
        spawnSync('docker', ['run', '--rm', image, 'pg_dump', '--version'], { encoding: 'utf8' }).stdout,
      )?.[1] ?? 0,
    ),
  );
const newest = Math.max(0, ...(majors ?? []));

describe.each(testServers())('PostgreSQL $version', ({ url: server, version }) => {
  const isHere = newest >= version;
  if (!isHere) process.stderr.write(`SKIPPED: a backup of ${version} by pg_dump in Docker: newest there ${newest}\n`);

  /** A machine that has Docker and no client program. */
  async function machine() {
    const bin = await temporaryFolder();
    await symlink(docker, join(bin, 'docker'));
    const host = dockerHost();
    return { PATH: bin, ...(host === undefined ? {} : { DOCKER_HOST: host }) };
  }

  test.skipIf(!isHere)(
    'with no pg_dump on PATH the one of a local image backs up, and its pg_restore brings everything back',
    async () => {
      await using project = await createProject(SHAPES);
      await project.writeConfig();
      await using database = await emptyDatabase(server);
      await project.migrate(database.url);
      for (const statement of ROWS) await database.sql.unsafe(statement);
      const environment = await machine();
      const out = await temporaryFolder();
      const db = (url: string, ...args: readonly string[]) =>
        runMain(
          ['--config', join(project.root, 'db.config.ts'), ...args, '--json', '--url', url],
          project.root,
          environment,
        );
      const made = await db(database.url, 'backup', '--out', out);
      expect(made, made.stdout).toMatchObject({ exit: 0, stderr: expect.stringMatching(/by pg_dump .* in Docker/) });
      const folder = JSON.parse(made.stdout).domains[0].folder;
      expect(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))).toMatchObject({ tool: 'pg_dump' });
      await using restored = await emptyDatabase(server);
      const back = await db(restored.url, 'restore', folder);
      expect(back, back.stdout).toMatchObject({ exit: 0 });
      expect(await contentsOf(restored.sql, 'shop')).toEqual(await contentsOf(database.sql, 'shop'));
      expect(JSON.parse(back.stdout).domains).toMatchObject([{ tool: 'pg_dump', differences: [] }]);
    },
    120_000,
  );
});
