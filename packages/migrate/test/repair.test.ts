import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import { describe, expect, test } from 'vitest';
import { emptyDatabase } from './support/database.ts';
import { createProject, type Project } from './support/project.ts';
import { type Ended, runMain } from './support/run-main.ts';

const A = '20260101000000_a';
const B = '20260102000000_b';
const C = '20260103000000_c';
const FIRST = 'CREATE SCHEMA shop; CREATE TABLE shop.orders (id int PRIMARY KEY)';
const SECOND = 'ALTER TABLE shop.orders ADD COLUMN total int';

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  const db = (project: Project, url: string, ...args: readonly string[]): Promise<Ended> =>
    runMain(['--config', join(project.root, 'db.config.ts'), ...args, '--url', url], project.root);
  const json = ({ stdout }: Ended) => JSON.parse(stdout);
  const start = async (migrations: Readonly<Record<string, string>>) => {
    const project = await createProject(migrations);
    await project.writeConfig();
    return project;
  };

  test('mark applied shows first and changes nothing; with --yes the migration is not run, and what it lacks is drift', async () => {
    await using database = await emptyDatabase(server);
    await using project = await start({ [A]: FIRST });
    await project.migrate(database.url);
    await project.write(B, SECOND);
    const mark = ['mark', 'applied', B, '--json', '--scratch-url', server];
    const shown = await db(project, database.url, ...mark);
    expect(shown.exit).toBe(3);
    expect(json(shown)).toMatchObject({
      code: 'DB_CONFIRM',
      domains: [
        { outcome: 'shown', state: 'pending', differences: [{ object: 'column shop.orders.total', state: 'missing' }] },
      ],
    });
    expect((await db(project, database.url, 'status')).exit).toBe(2);
    expect((await db(project, database.url, ...mark, '--yes')).exit).toBe(0);
    expect((await db(project, database.url, 'status')).exit).toBe(0);
    expect((await project.migrate(database.url)).applied).toEqual([]);
    const drift = json(await db(project, database.url, 'drift', '--json'));
    expect(drift.domains[0].differences).toMatchObject([{ object: 'column shop.orders.total', state: 'missing' }]);
    expect(json(await db(project, database.url, ...mark, '--yes'))).toMatchObject({
      domains: [{ outcome: 'nothing to do' }],
    });
    const [entry] = json(await db(project, database.url, 'history', '--json')).domains[0].entries;
    expect(entry).toMatchObject({ name: B, event: 'marked applied', detail: { was: 'pending', differences: 1 } });
  });

  test('what needs no replay starts no scratch server', async () => {
    await using database = await emptyDatabase(server);
    await using project = await start({ [A]: FIRST });
    await project.migrate(database.url);
    for (const [args, exit] of [
      [['repair'], 0],
      [['mark', 'applied', A], 0],
      [['mark', 'pending', 'nothing'], 64],
    ] as const) {
      const ended = await db(project, database.url, ...args);
      expect(ended, ended.stderr).toMatchObject({ exit, stderr: expect.not.stringContaining('local-postgres') });
    }
  });

  test('mark applied refuses a file that does not say its purpose: to write it later would be an edit', async () => {
    await using database = await emptyDatabase(server);
    await using project = await start({ [A]: FIRST });
    await project.migrate(database.url);
    await project.write(B, `-- Purpose: say what changes and why.\n${SECOND}`);
    for (const yes of [[], ['--yes']]) {
      const marked = await db(project, database.url, 'mark', 'applied', B, ...yes, '--scratch-url', server);
      expect(marked).toMatchObject({ exit: 4, stderr: expect.stringContaining('DB_FILE_PURPOSE') });
    }
    expect(await database.sql`SELECT name FROM migrations.applied`).toEqual([{ name: A }]);
  });

  test('what was done by hand is borne out, and after the mark it is no drift', async () => {
    await using database = await emptyDatabase(server);
    await using project = await start({ [A]: FIRST });
    await project.migrate(database.url);
    await project.write(B, SECOND);
    await database.sql.unsafe(SECOND);
    const marked = await db(project, database.url, 'mark', 'applied', B, '--yes', '--scratch-url', server);
    expect(marked).toMatchObject({ exit: 0, stdout: expect.stringContaining('the catalog bears it out') });
    expect((await db(project, database.url, 'drift')).exit).toBe(0);
  });

  test('mark pending takes the newest out of the history, and the next migrate runs it', async () => {
    await using database = await emptyDatabase(server);
    await using project = await start({ [A]: FIRST, [B]: SECOND });
    await project.migrate(database.url);
    expect(await db(project, database.url, 'mark', 'pending', A, '--yes', '--scratch-url', server)).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining('DB_MARK'),
    });
    await database.sql`ALTER TABLE shop.orders DROP COLUMN total`;
    expect((await db(project, database.url, 'mark', 'pending', B, '--yes', '--scratch-url', server)).exit).toBe(0);
    expect((await db(project, database.url, 'drift')).exit).toBe(0);
    expect((await project.migrate(database.url)).applied.map(({ name }) => name)).toEqual([B]);
    expect((await db(project, database.url, 'drift')).exit).toBe(0);
  });

  test.each(['applied', 'pending'] as const)(
    'a half-done migration that can never finish is left behind by mark %s',
    async (as) => {
      await using database = await emptyDatabase(server);
      const never =
        '-- db: no-transaction\nCREATE TABLE shop.first (id int);\nCREATE UNIQUE INDEX CONCURRENTLY one ON shop.orders ((id / 10))';
      await using project = await start({ [A]: FIRST });
      await project.migrate(database.url);
      await database.sql`INSERT INTO shop.orders SELECT generate_series(1, 20)`;
      await project.write(B, never);
      await expect(project.migrate(database.url, { preflight: false })).rejects.toMatchObject({ code: 'DB_STEP' });
      await database.sql`DROP INDEX IF EXISTS shop.one`;
      if (as === 'pending') await database.sql`DROP TABLE shop.first`;
      expect(await db(project, database.url, 'mark', as, B, '--yes', '--scratch-url', server)).toMatchObject({
        exit: 0,
        stdout: expect.stringContaining(as === 'pending' ? 'bears it out' : 'index shop.one'),
      });
      if (as === 'pending')
        expect(json(await db(project, database.url, 'drift', '--json')).domains[0].differences).toEqual([]);
      if (as === 'pending') await project.write(B, 'CREATE INDEX one ON shop.orders ((id / 10))');
      expect((await project.migrate(database.url)).applied.length).toBe(as === 'pending' ? 1 : 0);
      expect((await db(project, database.url, 'status')).exit).toBe(0);
      const drift = json(await db(project, database.url, 'drift', '--json')).domains[0].differences;
      expect(drift.map(({ object }: { object: string }) => object)).toEqual(as === 'pending' ? [] : ['index shop.one']);
    },
  );

  test('half done and its file gone: beside newer files verify says no, migrate and status name the way out, and mark pending is it', async () => {
    await using database = await emptyDatabase(server);
    await using project = await start({ [A]: FIRST });
    await project.migrate(database.url);
    await project.write(
      B,
      '-- db: no-transaction\nCREATE TABLE shop.first (id int);\nSELECT 1 / (SELECT count(*) FROM shop.first)',
    );
    await expect(project.migrate(database.url)).rejects.toMatchObject({ code: 'DB_STEP' });
    await project.remove(B);
    // As far as this build knows a newer one is at work on it, and an old instance goes on serving.
    expect(await db(project, database.url, 'verify')).toMatchObject({ exit: 0 });
    for (const command of ['migrate', 'status']) {
      const { stdout, stderr } = await db(project, database.url, command);
      expect(stdout + stderr).toMatch(new RegExp(`${B}[^]*mark pending <name>`));
    }
    await project.write(C, 'CREATE TABLE shop.second (id int)');
    expect(await db(project, database.url, 'verify')).toMatchObject({
      exit: 2,
      stdout: expect.stringContaining(`${B} is half done, file missing`),
    });
    await expect(project.migrate(database.url)).rejects.toMatchObject({ code: 'DB_HALF_DONE' });
    await project.remove(C);
    await database.sql`DROP TABLE shop.first`;
    expect((await db(project, database.url, 'mark', 'pending', B, '--yes', '--scratch-url', server)).exit).toBe(0);
    expect((await db(project, database.url, 'verify')).exit).toBe(0);
  });

  test('what does not run on a scratch database either can be marked, and it is said that nobody can tell', async () => {
    await using database = await emptyDatabase(server);
    await using project = await start({ [A]: `${FIRST}; INSERT INTO shop.orders SELECT generate_series(1, 20)` });
    await project.migrate(database.url);
    await project.write(B, 'CREATE UNIQUE INDEX one ON shop.orders ((id / 10))');
    const marked = await db(project, database.url, 'mark', 'applied', B, '--yes', '--json', '--scratch-url', server);
    expect(json(marked).domains).toMatchObject([
      { outcome: 'marked', differences: null, unknown: expect.stringContaining('does not run on a scratch database') },
    ]);
    expect((await project.migrate(database.url)).applied).toEqual([]);
  });

  test('an edited file is refused until repair has shown what the edit means and was told yes', async () => {
    await using database = await emptyDatabase(server);
    await using project = await start({ [A]: FIRST });
    await writeFile(join(project.root, 'migrations', A, 'down.sql'), 'DROP SCHEMA shop CASCADE');
    await project.migrate(database.url);
    await project.write(A, FIRST.replace('(id int PRIMARY KEY)', '(id int PRIMARY KEY, total int)'));
    await writeFile(join(project.root, 'migrations', A, 'down.sql'), 'DROP TABLE shop.orders; DROP SCHEMA shop');
    await expect(project.migrate(database.url)).rejects.toMatchObject({ code: 'DB_MIGRATION_EDITED' });
    const shown = await db(project, database.url, 'repair', '--json', '--scratch-url', server);
    expect(shown.exit).toBe(3);
    expect(json(shown).domains).toMatchObject([
      {
        outcome: 'shown',
        edits: [{ name: A, up: 'edited', down: 'edited' }],
        differences: [{ object: 'column shop.orders.total', state: 'missing' }],
      },
    ]);
    await expect(project.migrate(database.url)).rejects.toMatchObject({ code: 'DB_MIGRATION_EDITED' });
    expect((await db(project, database.url, 'repair', '--yes', '--scratch-url', server)).exit).toBe(0);
    expect((await project.migrate(database.url)).applied).toEqual([]);
    expect(await db(project, database.url, 'repair', '--scratch-url', server)).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('nothing to repair'),
    });
    const [stored] = await database.sql`SELECT down_sql FROM migrations.applied WHERE name = ${A}`;
    expect(stored?.['down_sql']).toContain('DROP TABLE shop.orders');
    expect((await db(project, database.url, 'rollback', '--all')).exit).toBe(0);
  });

  test('a comment that was edited means nothing for the catalog', async () => {
    await using database = await emptyDatabase(server);
    await using project = await start({ [A]: FIRST });
    await project.migrate(database.url);
    await project.write(A, `-- a word on it\n${FIRST}`);
    expect(await db(project, database.url, 'repair', '--scratch-url', server)).toMatchObject({
      exit: 3,
      stdout: expect.stringContaining('the files give on an empty database what is here'),
    });
  });
});
