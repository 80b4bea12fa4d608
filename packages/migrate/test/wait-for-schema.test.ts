import { createServer } from 'node:net';
import { testServers } from '@repo/local-postgres/vitest';
import { describe, expect, test } from 'vitest';
import { waitForSchema } from '../src/index.ts';
import { type Database, emptyDatabase } from './support/database.ts';
import { createProject, type Project } from './support/project.ts';

const A = '20260101000000_a';
const B = '20260102000000_b';

const wait = ({ domain, root }: Project, { url }: Pick<Database, 'url'>, timeoutMs: number, signal?: AbortSignal) =>
  waitForSchema({ url, domain, root, timeoutMs, pollMs: 50, ...(signal === undefined ? {} : { signal }) });

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('an app that starts before the migration waits for it, and the migration does not wait for the app', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: 'CREATE SCHEMA shop; CREATE TABLE shop.orders (id int)' });
    const ready = wait(project, db, 30_000);
    await new Promise((wake) => setTimeout(wake, 300));
    await project.migrate(db.url);
    expect(await ready).toMatchObject({ ahead: [] });
    expect((await ready).waitedMs).toBeGreaterThan(250);
    expect(await wait(project, db, 0)).toMatchObject({ ahead: [] });
  });

  test('it gives up after its time and names the first migration that is not there', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: 'CREATE SCHEMA shop', [B]: 'CREATE TABLE shop.orders (id int)' });
    await project.migrate(db.url, { to: A });
    const started = performance.now();
    await expect(wait(project, db, 300)).rejects.toMatchObject({
      code: 'DB_PENDING',
      facts: { domain: 'shop', why: expect.stringContaining(B), data: { pending: [B] } },
    });
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test('a database that is ahead is ready, and says so; one with another text is never ready', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: 'CREATE SCHEMA shop', [B]: 'CREATE TABLE shop.orders (id int)' });
    await project.migrate(db.url);
    await project.remove(B);
    expect(await wait(project, db, 0)).toMatchObject({ ahead: [B] });
    await project.write(A, 'CREATE SCHEMA shop; SELECT 1');
    await expect(wait(project, db, 30_000)).rejects.toMatchObject({ code: 'DB_MIGRATION_EDITED' });
  });

  test('a signal ends the waiting', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: 'CREATE SCHEMA shop' });
    await expect(wait(project, db, 30_000, AbortSignal.timeout(200))).rejects.toMatchObject({ code: 'DB_INTERRUPTED' });
  });

  test('it goes on while somebody holds the migration lock, or a table in ACCESS EXCLUSIVE', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: 'CREATE SCHEMA shop; CREATE TABLE shop.orders (id int)' });
    await project.migrate(db.url);
    const holder = await db.sql.reserve();
    await holder`BEGIN`;
    await holder`LOCK TABLE shop.orders IN ACCESS EXCLUSIVE MODE`;
    await holder`SELECT pg_advisory_lock(hashtextextended('@repo/migrate:domain:shop', 0))`;
    expect(await wait(project, db, 0)).toMatchObject({ ahead: [] });
    await holder`ROLLBACK`;
    await holder`SELECT pg_advisory_unlock_all()`;
    holder.release();
  });
});

test('a server that is not there yet is waited for; one that takes the connection and says nothing, too', async () => {
  await using project = await createProject({ [A]: 'CREATE SCHEMA shop' });
  await expect(wait(project, { url: 'postgres://u:p@127.0.0.1:1/app' }, 300)).rejects.toMatchObject({
    code: 'DB_UNREACHABLE',
    message: expect.not.stringContaining('u:p'),
  });
  const silent = createServer().listen(0, '127.0.0.1');
  await new Promise((ready) => silent.once('listening', ready));
  const address = silent.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const url = `postgres://u:p@127.0.0.1:${port}/app`;
  await expect(wait(project, { url }, 300)).rejects.toMatchObject({ code: 'DB_UNREACHABLE' });
  silent.close();
});
