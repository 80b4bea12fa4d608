import { join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import { describe, expect, test } from 'vitest';
import { lockName } from '../src/lock/try-lock.ts';
import { emptyDatabase } from './support/database.ts';
import { createProject } from './support/project.ts';
import { runMain } from './support/run-main.ts';

const A = '20260101000000_a';
const B = '20260102000000_b';

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('`db locks` names the migrator at work and the one that waits, and who holds tables since when with what statement', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({
      [A]: 'CREATE SCHEMA shop; CREATE TABLE shop.orders (id int, secret text)',
    });
    await project.writeConfig();
    const run = (...args: string[]) =>
      runMain(['--config', join(project.root, 'db.config.ts'), 'locks', ...args], project.root, {
        DATABASE_URL: db.url,
      });
    await project.migrate(db.url);
    expect((await run()).stdout).toMatch(/nobody holds the lock\n {2}tables: nobody holds a lock/);

    const migrator = await db.sql.reserve();
    await migrator`SELECT set_config('application_name', 'the migrator', false), pg_advisory_lock(hashtextextended(${lockName.domain('shop')}, 0))`;
    await project.write(B, 'SELECT 1');
    const waiting = project.migrate(db.url, { lockWaitMs: 60_000 });
    const user = await db.sql.reserve();
    await user`SELECT set_config('application_name', 'the dump', false)`;
    await user`BEGIN`;
    await user.unsafe("SELECT id FROM shop.orders WHERE secret = 'hunter2' -- and a comment");
    const blocked = db.sql`ALTER TABLE shop.orders ADD COLUMN x int`.then(() => {});
    await new Promise((wake) => setTimeout(wake, 400));

    const json = JSON.parse((await run('--json')).stdout);
    expect(json).toMatchObject({ ok: true, command: 'locks' });
    const [{ migrators, sessions }] = json.domains;
    expect(migrators).toMatchObject([
      { lock: 'domain', state: 'holds', application: 'the migrator', since: expect.any(String) },
      { lock: 'domain', state: 'waits', application: 'db migrate shop' },
    ]);
    const [dump] = sessions;
    expect(dump).toMatchObject({
      application: 'the dump',
      state: 'idle in transaction',
      tables: ['shop.orders (AccessShareLock)'],
      query: 'SELECT id FROM shop.orders WHERE secret = $1',
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      blockedBy: [],
    });
    expect(dump.ageMs).toBeGreaterThan(300);
    expect(sessions[1]).toMatchObject({
      tables: ['shop.orders (AccessExclusiveLock, waiting)'],
      blockedBy: [dump.pid],
    });
    const text = (await run()).stdout;
    expect(text).toContain('(the migrator, user');
    expect(text).toContain('waits for pid');
    expect(text + JSON.stringify(json)).not.toContain('hunter2');

    await user`ROLLBACK`;
    user.release();
    await blocked;
    await migrator`SELECT pg_advisory_unlock_all()`;
    migrator.release();
    expect((await waiting).applied).toHaveLength(1);
  });
});
