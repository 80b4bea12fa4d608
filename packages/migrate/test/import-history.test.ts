import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import { drizzle as drizzle1 } from 'drizzle-orm/postgres-js';
import { migrate as migrate1 } from 'drizzle-orm/postgres-js/migrator';
import { drizzle as drizzle0 } from 'drizzle-orm-0/postgres-js';
import { migrate as migrate0 } from 'drizzle-orm-0/postgres-js/migrator';
import { runner } from 'node-pg-migrate';
import { describe, expect, test } from 'vitest';
import { emptyDatabase } from './support/database.ts';
import { createProject, type Project } from './support/project.ts';
import { type Ended, runMain } from './support/run-main.ts';

const A = '20260101000000_a';
const B = '20260102000000_b';
const C = '20260103000000_c';
const SQL = {
  [A]: 'CREATE SCHEMA shop; CREATE TABLE shop.orders (id int PRIMARY KEY);\n',
  [B]: 'ALTER TABLE shop.orders ADD COLUMN total int;\n',
  [C]: 'CREATE TABLE shop.users (id int PRIMARY KEY);\n',
};
type Name = keyof typeof SQL;

/** A folder of another tool's migrations, given as path → text. */
async function foreignFolder(
  files: Readonly<Record<string, string>>,
): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'other tool-'));
  for (const [file, text] of Object.entries(files)) {
    await mkdir(join(path, file, '..'), { recursive: true });
    await writeFile(join(path, file), text);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

/** The layout of drizzle 0.x: numbered files and a journal. */
function journalled(names: readonly Name[]): Readonly<Record<string, string>> {
  const tag = (name: Name, idx: number) => `000${idx}_${name.slice(15)}`;
  const entries = names.map((name, idx) => ({
    idx,
    version: '7',
    when: Date.parse(name.replace(/^(\d{4})(\d\d)(\d\d).*/, '$1-$2-$3T00:00:00Z')) + 123,
    tag: tag(name, idx),
    breakpoints: true,
  }));
  const journal = JSON.stringify({ version: '7', dialect: 'postgresql', entries });
  return {
    'meta/_journal.json': journal,
    ...Object.fromEntries(names.map((name, idx) => [`${tag(name, idx)}.sql`, SQL[name]])),
  };
}

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  const start = async (names: readonly Name[]) => {
    const project = await createProject(Object.fromEntries(names.map((name) => [name, SQL[name]])));
    await project.writeConfig();
    return project;
  };
  const take = (project: Project, url: string, from: string, ...args: readonly string[]): Promise<Ended> =>
    runMain(
      [
        '--config',
        join(project.root, 'db.config.ts'),
        'import-history',
        '--from',
        from,
        '--url',
        url,
        '--scratch-url',
        server,
        ...args,
      ],
      project.root,
    );
  const report = ({ stdout }: Ended) => JSON.parse(stdout).domains[0];
  const names = (reported: { readonly imported: readonly { readonly name: string }[] }) =>
    reported.imported.map(({ name }) => name);

  test('drizzle 0.x: rows are found by their moment, what it silently passed over is listed, and its ledger stays as it is', async () => {
    await using database = await emptyDatabase(server);
    // B was merged late: 0.x compares moments only and never runs it.
    for (const seen of [
      [A, C],
      [A, B, C],
    ] as const) {
      await using folder = await foreignFolder(journalled(seen));
      await migrate0(drizzle0(database.sql as never), { migrationsFolder: folder.path });
    }
    const ledger = await database.sql`SELECT * FROM drizzle.__drizzle_migrations ORDER BY id`;
    await using project = await start([A, B, C]);
    const shown = await take(project, database.url, 'drizzle', '--json');
    expect(shown.exit).toBe(3);
    expect(report(shown)).toMatchObject({
      outcome: 'shown',
      imported: [
        { name: A, sameText: true },
        { name: C, sameText: true },
      ],
      skipped: [B],
      differences: [],
    });
    expect([...(await database.sql`SELECT to_regnamespace('migrations') AS found`)]).toEqual([{ found: null }]);
    expect((await take(project, database.url, 'drizzle', '--yes')).exit).toBe(0);
    expect(await database.sql`SELECT * FROM drizzle.__drizzle_migrations ORDER BY id`).toEqual(ledger);
    expect((await project.migrate(database.url)).applied).toMatchObject([{ name: B, late: true }]);
    expect(report(await take(project, database.url, 'drizzle', '--json', '--yes')).outcome).toBe('nothing to do');
  });

  test('drizzle 1.0: rows are found by their name; a text that was edited since is told', async () => {
    await using database = await emptyDatabase(server);
    await using folder = await foreignFolder({ [`${A}/migration.sql`]: SQL[A], [`${B}/migration.sql`]: SQL[B] });
    await migrate1(drizzle1({ client: database.sql }), { migrationsFolder: folder.path });
    await using project = await start([A, B, C]);
    await project.write(B, `-- a word\n${SQL[B]}`);
    const taken = report(await take(project, database.url, 'drizzle', '--json', '--yes'));
    expect(taken.imported).toEqual([
      { name: A, sameText: true },
      { name: B, sameText: false },
    ]);
    expect((await project.migrate(database.url)).applied.map(({ name }) => name)).toEqual([C]);
  });

  test('node-pg-migrate: rows are found by the words of their name, and what the claim lacks is named and becomes drift', async () => {
    await using database = await emptyDatabase(server);
    await using folder = await foreignFolder({
      '1767225600000_a.sql': `-- Up Migration\n${SQL[A]}`,
      '1767312000000_b.sql': `-- Up Migration\n${SQL[B]}`,
    });
    await runner({
      databaseUrl: database.url,
      dir: folder.path,
      direction: 'up',
      migrationsTable: 'pgmigrations',
      log: () => undefined,
    });
    await database.sql`ALTER TABLE shop.orders DROP COLUMN total`;
    await using project = await start([A, B]);
    const taken = report(await take(project, database.url, 'node-pg-migrate', '--json', '--yes'));
    expect(names(taken)).toEqual([A, B]);
    expect(taken.differences).toMatchObject([{ object: 'column shop.orders.total', state: 'missing' }]);
    const drift = await runMain(
      ['--config', join(project.root, 'db.config.ts'), 'drift', '--json', '--url', database.url],
      project.root,
    );
    expect(report(drift).differences).toMatchObject([{ object: 'column shop.orders.total' }]);
  });

  test('a row without a file, a table that is no ledger, and a tool that nobody knows are refused, and nothing is changed', async () => {
    await using database = await emptyDatabase(server);
    await using folder = await foreignFolder({ [`${A}/migration.sql`]: SQL[A], [`${B}/migration.sql`]: SQL[B] });
    await migrate1(drizzle1({ client: database.sql }), { migrationsFolder: folder.path });
    await using project = await start([A]);
    expect(await take(project, database.url, 'drizzle', '--yes')).toMatchObject({
      exit: 4,
      stderr: expect.stringMatching(/DB_LEDGER.*no file for 20260102000000_b/s),
    });
    expect(await take(project, database.url, 'node-pg-migrate', '--yes')).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining('got no such table'),
    });
    expect(await take(project, database.url, 'drizzle', '--yes', '--table', 'shop.orders')).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining('got columns id'),
    });
    expect((await take(project, database.url, 'flyway', '--yes')).exit).toBe(64);
    expect([...(await database.sql`SELECT to_regnamespace('migrations') AS found`)]).toEqual([{ found: null }]);
  });
});
