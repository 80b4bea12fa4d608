import { join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import { describe, expect, test } from 'vitest';
import { emptyDatabase } from './support/database.ts';
import { createProject } from './support/project.ts';
import { runMain } from './support/run-main.ts';

const A = '20260101000000_a';
const B = '20260102000000_b';

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('`db history` shows every attempt and its outcome, newest first: who, when, how long, which version', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: 'CREATE SCHEMA shop', [B]: 'SELECT 1/0' });
    await project.writeConfig();
    const run = (...args: string[]) =>
      runMain(['--config', join(project.root, 'db.config.ts'), ...args], project.root, {
        DATABASE_URL: db.url,
        APP_VERSION: '1.2.3',
      });
    expect(await run('history')).toMatchObject({ exit: 0, stdout: expect.stringContaining('nothing has been done') });
    expect((await run('migrate')).exit).toBe(1);
    await project.write(B, 'SELECT 1');
    expect((await run('migrate')).exit).toBe(0);
    const json = JSON.parse((await run('history', '--json')).stdout);
    const entries = json.domains[0].entries as readonly Record<string, unknown>[];
    expect(entries.map(({ name, event, outcome }) => [name, event, outcome])).toEqual([
      ['*', 'finished', null],
      [B, 'applied', null],
      ['*', 'started', 'finished'],
      ['*', 'finished', null],
      [B, 'failed', null],
      [A, 'applied', null],
      ['*', 'started', 'failed'],
    ]);
    for (const entry of entries) {
      expect(entry).toMatchObject({ appVersion: '1.2.3', by: expect.any(String) });
      expect(Math.abs(Date.parse(String(entry['at'])) - Date.now())).toBeLessThan(60_000);
      if (entry['event'] !== 'started') expect(entry['durationMs']).toBeGreaterThanOrEqual(0);
    }
    expect(entries[4]).toMatchObject({ detail: { code: 'DB_STATEMENT' } });
    const text = await run('history', '--limit', '2');
    expect(text.stdout.trimEnd().split('\n')).toHaveLength(4);
    expect(text.stdout).toContain(B);
    expect(text.stderr).toBe('… older entries: --limit 10\n');
    expect((await run('history', '--limit', '7')).stderr).toBe('');
    const older = async (limit: string) =>
      JSON.parse((await run('history', '--json', '--limit', limit)).stdout).domains[0].older;
    expect([await older('6'), await older('7')]).toEqual([true, false]);
    expect((await run('history', '--limit', '0')).exit).toBe(64);
  });

  test('a run that was killed is told from one that goes on', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: 'CREATE SCHEMA shop' });
    await project.writeConfig();
    await project.migrate(db.url);
    await db.sql`INSERT INTO migrations.journal (domain, name, event) VALUES ('shop', '*', 'started')`;
    const newest = async () => {
      const config = join(project.root, 'db.config.ts');
      const ended = await runMain(['--config', config, 'history', '--json'], project.root, { DATABASE_URL: db.url });
      return JSON.parse(ended.stdout).domains[0].entries[0].outcome;
    };
    expect(await newest()).toBe('cut');
    const holder = await db.sql.reserve();
    await holder`SELECT pg_advisory_lock(hashtextextended('@repo/migrate:domain:shop', 0))`;
    expect(await newest()).toBe('going on');
    await holder`SELECT pg_advisory_unlock_all()`;
    holder.release();
  });

  test('`db status` says who, when, how long and which version, and of a half-done migration how far it has come', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({
      [A]: 'CREATE SCHEMA shop; CREATE TABLE shop.orders (id int); INSERT INTO shop.orders VALUES (1), (1)',
      [B]: '-- db: no-transaction\nANALYZE shop.orders;\nCREATE UNIQUE INDEX CONCURRENTLY i ON shop.orders (id);',
    });
    await project.writeConfig();
    await expect(project.migrate(db.url, { appVersion: '1.2.3' })).rejects.toMatchObject({ code: 'DB_STEP' });
    const run = (...args: string[]) =>
      runMain(['--config', join(project.root, 'db.config.ts'), 'status', ...args], project.root, {
        DATABASE_URL: db.url,
      });
    const json = JSON.parse((await run('--json')).stdout);
    expect(json.domains[0].migrations).toMatchObject([
      { name: A, state: 'applied', appliedBy: expect.any(String), appVersion: '1.2.3', durationMs: expect.any(Number) },
      { name: B, state: 'half done', begun: { done: 1, openStatement: 2, since: expect.any(String) } },
    ]);
    const text = await run();
    expect(text).toMatchObject({ exit: 2 });
    expect(text.stdout).toContain(`${B}: 1 statement done since `);
    expect(text.stdout).toContain('statement 2 was begun');
  });
});
