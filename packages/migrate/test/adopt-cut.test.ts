import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { testServers } from '@repo/local-postgres/vitest';
import postgres, { type Sql } from 'postgres';
import { describe, expect, test } from 'vitest';
import { emptyDatabase } from './support/database.ts';
import { LEGACY, MIGRATIONS } from './support/legacy-shop.ts';
import { createProject, type Project } from './support/project.ts';
import { runMain, startMain } from './support/run-main.ts';

const ANSWERS = { 'time zone': 'Europe/Berlin', 'user.idx_user_lower': 'quarantine' };

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  const argsOf = ({ root }: Project, url: string, command: string, more: readonly string[]) => [
    ...['--config', join(root, 'db.config.ts'), command, '--url', url, ...more],
    ...(command === 'adopt' ? ['--scratch-url', server, '--decisions', join(root, 'answers.json')] : []),
  ];
  const run = async (project: Project, url: string, command: string, ...more: readonly string[]) => {
    const { exit, stdout } = await runMain(argsOf(project, url, command, ['--json', ...more]), project.root);
    const answer = JSON.parse(stdout);
    return { exit, code: answer.code, report: answer.domains[0] };
  };
  /** Kills a command as soon as something holds, while another session stands in its way. */
  const cutOnce = async (
    project: Project,
    { url, inTheWay }: { readonly url: string; readonly inTheWay: string },
    args: readonly string[],
    holds: (sql: Sql) => Promise<boolean>,
  ) => {
    const other = postgres(url, { max: 1, onnotice: () => {} });
    const watcher = postgres(url, { max: 1, onnotice: () => {} });
    try {
      await other.unsafe(`BEGIN ISOLATION LEVEL REPEATABLE READ; ${inTheWay}`);
      const { child, ended } = startMain(argsOf(project, url, 'adopt', args), project.root);
      await until(() => holds(watcher));
      child.kill('SIGKILL');
      expect((await ended).exit).toBeNull();
      await other`ROLLBACK`;
      await until(
        async () =>
          (
            await watcher`SELECT FROM pg_stat_activity
              WHERE datname = current_database() AND application_name LIKE 'db adopt %'`
          ).length === 0,
      );
    } finally {
      await Promise.all([other.end(), watcher.end()]);
    }
  };

  test('of an adoption that was cut verify tells, and how it goes on', async () => {
    await using database = await emptyDatabase(server);
    await using project = await legacy(database.sql, LEGACY);
    const { url } = database;
    const building = (sql: Sql) =>
      sql`SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE 'CREATE%INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'`;
    await cutOnce(
      project,
      { url, inTheWay: 'SELECT FROM log' },
      ['--yes'],
      async (sql) => (await building(sql)).length > 0,
    );
    const half = await run(project, url, 'verify');
    expect([half.exit, half.code]).toEqual([2, 'DB_ADOPT_STATE']);
    expect(half.report.findings[0]).toBe(
      'an adoption is half done: go on with it: `pnpm db adopt --domain shop --yes`',
    );
    expect((await run(project, url, 'adopt', '--yes')).report.outcome).toBe('adopted');
    expect(await run(project, url, 'verify')).toMatchObject({ exit: 0, code: 'OK' });
  });

  test('rows that a cut finish has taken out of their table are in a place that is told as kept', async () => {
    await using database = await emptyDatabase(server);
    await using project = await legacy(
      database.sql,
      `${LEGACY}; INSERT INTO "user" ("Mail", extra) VALUES ('M1@X', 'twice')`,
    );
    const { url, sql: own } = database;
    expect(await run(project, url, 'adopt', '--yes')).toMatchObject({ exit: 0 });
    const moved = async (sql: Sql) =>
      (await sql`SELECT FROM pg_class WHERE oid = to_regclass('shop.user_quarantine')`).length > 0 &&
      (await sql`SELECT FROM shop.user_quarantine`).length > 0;
    await cutOnce(project, { url, inTheWay: 'SELECT FROM shop.orders' }, ['--finish', '--yes'], moved);
    const half = await run(project, url, 'verify');
    expect(half.report.notes).toContainEqual(expect.stringContaining('adopt --domain shop --finish --yes'));
    const { report } = await run(project, url, 'adopt', '--finish', '--yes');
    expect(report).toMatchObject({ outcome: 'finished', waiting: [] });
    const places = report.retained.filter(({ object }: { object: string }) => object.includes('quarantine'));
    expect(places).toEqual([{ object: 'table user_quarantine', why: expect.any(String) }]);
    expect(await own`SELECT "Mail" FROM shop.user_quarantine`).toMatchObject([{ Mail: 'M1@X' }]);
  });
});

async function legacy(sql: Sql, text: string): Promise<Project> {
  await sql.unsafe(text);
  const project = await createProject(MIGRATIONS);
  await project.writeConfig();
  await writeFile(join(project.root, 'answers.json'), JSON.stringify(ANSWERS));
  return project;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await holds()) return;
    await sleep(50);
  }
  throw new Error('it did not come true within 30 s');
}
