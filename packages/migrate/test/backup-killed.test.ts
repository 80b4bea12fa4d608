import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { driftDomain, parseTarget } from '../src/index.ts';
import { runDb, temporaryFolder } from './support/backups.ts';
import { contentsOf } from './support/contents.ts';
import { createCuttingProxy, type Message } from './support/cutting-proxy.ts';
import { type Database, emptyDatabase } from './support/database.ts';
import { backupKills, killSeed } from './support/env.ts';
import { backupWays } from './support/pg-dump.ts';
import { createProject, type Project } from './support/project.ts';
import { startMain } from './support/run-main.ts';
import { ROWS, SHAPES } from './support/shapes.ts';

const seed = killSeed();
const timeout = 60_000 + backupKills() * 20_000;

/** The same for the same seed, from 0 to below 1. */
const random = (...of: readonly (string | number)[]): number =>
  createHash('sha256')
    .update([seed, ...of].join(' '))
    .digest()
    .readUInt32BE() /
  2 ** 32;

describe.each(testServers())('PostgreSQL $version', ({ url: server, version }) => {
  let project: Project;
  let database: Database;
  beforeAll(async () => {
    project = await createProject(SHAPES);
    await project.writeConfig();
    database = await emptyDatabase(server);
    await project.migrate(database.url);
    for (const statement of ROWS) await database.sql.unsafe(statement);
  });
  afterAll(async () => {
    await database[Symbol.asyncDispose]();
    await project[Symbol.asyncDispose]();
  });

  /** Runs a command through a proxy, and kills it with SIGKILL at one of its messages where one is given. @returns all messages */
  async function run(url: string, args: readonly string[], killAt?: number): Promise<readonly Message[]> {
    let kill = async () => {};
    await using proxy = await createCuttingProxy(url, {
      at: ({ number }) => (number === killAt ? 'after' : undefined),
      cut: () => kill(),
    });
    // The proxy reads plain messages only, and libpq would ask for TLS first.
    const flags = ['--config', join(project.root, 'db.config.ts'), ...args, '--url', `${proxy.url}?sslmode=disable`];
    const { child, ended } = startMain(flags, project.root);
    kill = async () => {
      child.kill('SIGKILL');
      await ended;
    };
    const { exit, stderr } = await ended;
    if (killAt === undefined) expect(exit, stderr).toBe(0);
    return proxy.trace;
  }

  /** Half of the moments are between statements, half anywhere in the rows. */
  function momentOf(trace: readonly Message[], index: number, ...of: readonly string[]): number {
    const among = index % 2 === 0 ? trace.filter(({ name }) => name !== 'CopyData') : trace;
    return among[Math.floor(random(index, ...of) * among.length)]?.number ?? 1;
  }

  async function requireEqual(restored: Database): Promise<void> {
    expect(await contentsOf(restored.sql, 'shop')).toEqual(await contentsOf(database.sql, 'shop'));
    const applied = ({ sql }: Database) =>
      sql`SELECT * FROM migrations.applied ORDER BY name`.then((rows) => [...rows]);
    expect(await applied(restored)).toEqual(await applied(database));
    const { differences, state } = await driftDomain(project.domain, parseTarget(restored.url, 'test'));
    expect({ differences, state }).toEqual({ differences: [], state: 'compared' });
  }

  describe.each(backupWays(version))('$name', ({ way, isHere }) => {
    test.skipIf(!isHere)(
      `a backup that is killed leaves nothing that looks whole, and the next one is whole (seed ${seed})`,
      { timeout },
      async () => {
        const out = await temporaryFolder();
        const args = ['backup', '--with', way, '--out', out];
        const trace = await run(database.url, args);
        const seen = new Set(await readdir(out));
        const fresh = async () => {
          const names = (await readdir(out)).filter((name) => !seen.has(name));
          for (const name of names) seen.add(name);
          return names;
        };
        for (let index = 0; index < backupKills(); index += 1) {
          const moment = momentOf(trace, index, way, 'backup');
          await run(database.url, args, moment);
          for (const name of await fresh()) {
            await using empty = await emptyDatabase(server);
            const restored = await runDb(project, empty.url, 'restore', join(out, name));
            // Killed between the last byte and the name, or when all was done: whole.
            if (restored.exit === 0) await requireEqual(empty);
            else
              expect(`${name} ${restored.stderr}`, `message ${moment}`).toMatch(/\.partial [\s\S]*DB_BACKUP_MANIFEST/);
          }
          await run(database.url, args);
          const [made = '', ...others] = await fresh();
          expect(others).toEqual([]);
          await using restored = await emptyDatabase(server);
          expect(await runDb(project, restored.url, 'restore', join(out, made))).toMatchObject({ exit: 0 });
          await requireEqual(restored);
        }
      },
    );

    test.skipIf(!isHere)(
      `a restore that is killed leaves nothing or all of it, and a repeat gives every row (seed ${seed})`,
      { timeout },
      async () => {
        const out = await temporaryFolder();
        await run(database.url, ['backup', '--with', way, '--out', out]);
        const restore = ['restore', join(out, (await readdir(out))[0] ?? '')];
        await using first = await emptyDatabase(server);
        const trace = await run(first.url, restore);
        await requireEqual(first);
        for (let index = 0; index < backupKills(); index += 1) {
          await using restored = await emptyDatabase(server);
          const moment = momentOf(trace, index, way, 'restore');
          await run(restored.url, restore, moment);
          // It waits for the lock until the dead session is gone.
          const again = await runDb(project, restored.url, ...restore);
          // Killed after the commit: it is all there.
          if (again.exit !== 0) expect(again.stderr, `message ${moment}`).toContain('DB_RESTORE_NOT_EMPTY');
          await requireEqual(restored);
        }
      },
    );
  });
});
