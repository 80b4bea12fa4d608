import { testServers } from '@repo/local-postgres/vitest';
import { describe, expect, test } from 'vitest';
import type { ApplyEvent } from '../src/index.ts';
import { emptyDatabase } from './support/database.ts';
import { createProject } from './support/project.ts';

const SCHEMA = 'CREATE SCHEMA shop; CREATE TABLE shop.orders (id int PRIMARY KEY, note text);';

/** Names in the order of their dates. */
const name = (day: number) => `202601${String(day).padStart(2, '0')}000000_m`;

/** A history: the schema, and then a migration for each text. */
function history(...texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries([SCHEMA, ...texts].map((text, index) => [name(index + 1), text]));
}

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('an error names its statement, line and caret, also behind characters of four bytes, and where the server gives no place', async () => {
    await using db = await emptyDatabase(server);
    const good = "INSERT INTO shop.orders VALUES (1, '🦊🦊 \\ ''quoted''');\n";
    await using project = await createProject(history(`${good}ALTER TABLE shop.orders\n  ADD COLUMN x nothing;`));
    await expect(project.migrate(db.url)).rejects.toMatchObject({
      code: 'DB_STATEMENT',
      facts: {
        at: `migrations/${name(2)}/migration.sql:3`,
        why: expect.stringMatching(/^statement 2 of 2: .*\n {4}ADD COLUMN x nothing\n {17}\^$/),
      },
    });
    await project.write(name(2), `${good}INSERT INTO shop.orders VALUES (2);\nINSERT INTO shop.orders VALUES (1);`);
    await expect(project.migrate(db.url)).rejects.toMatchObject({
      facts: {
        at: `migrations/${name(2)}/migration.sql:3`,
        sqlState: '23505',
        why: expect.stringMatching(/^statement 3 of 3/),
      },
    });
    await project.write(name(2), good);
    await project.migrate(db.url);
    expect(await db.sql`SELECT note FROM shop.orders`).toEqual([{ note: "🦊🦊 \\ 'quoted'" }]);
  });

  test('behind a migration that fails, nothing of the next one is done, also where only its COMMIT fails', async () => {
    await using db = await emptyDatabase(server);
    const next = 'INSERT INTO shop.orders VALUES (99)';
    const atCommit =
      'ALTER TABLE shop.orders ADD CONSTRAINT same FOREIGN KEY (id) REFERENCES shop.orders DEFERRABLE INITIALLY DEFERRED; CREATE TABLE shop.later (id int REFERENCES shop.orders DEFERRABLE INITIALLY DEFERRED); INSERT INTO shop.later VALUES (5)';
    for (const failing of ['SELECT 1 / 0', atCommit]) {
      await using project = await createProject(history(failing, next));
      await expect(project.migrate(db.url)).rejects.toThrow();
      expect(await db.sql`SELECT name FROM migrations.applied`).toEqual([{ name: name(1) }]);
      expect(await db.sql`SELECT id FROM shop.orders`).toEqual([]);
      expect(await db.sql`SELECT name FROM migrations.journal WHERE event = 'failed'`).toContainEqual({
        name: name(2),
      });
      expect(await db.sql`SELECT FROM migrations.journal WHERE name = ${name(3)}`).toEqual([]);
    }
  });

  test('a lock that is missed holds the next migration back: they are applied and told in their order', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject(
      history(
        'ALTER TABLE shop.orders ADD COLUMN b int',
        'UPDATE shop.orders SET b = 1',
        'CREATE TABLE shop.c AS SELECT b FROM shop.orders',
      ),
    );
    await project.migrate(db.url, { to: name(1) });
    await db.sql`INSERT INTO shop.orders VALUES (1)`;
    const reader = await db.sql.reserve();
    await reader`BEGIN`;
    await reader`SELECT * FROM shop.orders`;
    const events: ApplyEvent[] = [];
    const migrated = project.migrate(db.url, {
      onEvent: (event) => {
        events.push(event);
        if (event.type === 'blocked') void reader`COMMIT`.then(() => reader.release());
      },
    });
    expect((await migrated).applied.map((one) => one.name)).toEqual([name(2), name(3), name(4)]);
    expect(await db.sql`SELECT b FROM shop.c`).toEqual([{ b: 1 }]);
    const told = events.flatMap((event) =>
      event.type === 'applying' || event.type === 'applied' ? [`${event.type} ${event.name}`] : [],
    );
    expect(told).toEqual([2, 3, 4].flatMap((day) => [`applying ${name(day)}`, `applied ${name(day)}`]));
  });

  test('a text of many messages, and one that changes how the next is read, are still one transaction', async () => {
    await using db = await emptyDatabase(server);
    const rows = Array.from(
      { length: 3_000 },
      (_, id) => `INSERT INTO shop.orders VALUES (${id}, '${'x'.repeat(40)}');`,
    );
    const setting = `SET standard_conforming_strings = off;\nINSERT INTO shop.orders VALUES (-1, 'a\\\\b');\nSELECT set_config('a.b', 'c', false);`;
    await using project = await createProject(
      history([...rows, 'SELECT 1 / 0'].join('\n'), setting, "INSERT INTO shop.orders VALUES (-2, 'a\\b')"),
    );
    await expect(project.migrate(db.url)).rejects.toMatchObject({
      facts: { at: `migrations/${name(2)}/migration.sql:3001`, why: expect.stringMatching(/^statement 3001 of 3001/) },
    });
    expect(await db.sql`SELECT count(*)::int AS n FROM shop.orders`).toEqual([{ n: 0 }]);
    await project.write(name(2), rows.join('\n'));
    expect((await project.migrate(db.url)).applied).toHaveLength(3);
    expect(await db.sql`SELECT id, note FROM shop.orders WHERE id < 0 ORDER BY id`).toEqual([
      { id: -2, note: 'a\\b' },
      { id: -1, note: 'a\\b' },
    ]);
  });

  test('a migration that takes prepared statements away takes none of ours; each has its row, duration and journal entry', async () => {
    await using db = await emptyDatabase(server);
    const many = Array.from({ length: 20 }, (_, n) =>
      n === 5 ? 'DEALLOCATE ALL' : `CREATE TABLE shop.t_${n} (id int)`,
    );
    for (const texts of [many, many.map((text) => text.replace('DEALLOCATE ALL', 'SELECT 1'))]) {
      await db.sql.unsafe('DROP SCHEMA IF EXISTS shop CASCADE; DROP SCHEMA IF EXISTS migrations CASCADE');
      await using project = await createProject(history(...texts));
      expect((await project.migrate(db.url, { appVersion: '1.2.3' })).applied).toHaveLength(21);
      const entries = await db.sql`
        SELECT FROM migrations.applied JOIN migrations.journal USING (domain, name)
        WHERE duration_ms >= 0 AND app_version = '1.2.3' AND event = 'applied'
          AND detail = jsonb_build_object('durationMs', duration_ms, 'appVersion', app_version, 'late', late)`;
      expect(entries).toHaveLength(21);
    }
  });
});
