import { testServers } from '@repo/local-postgres/vitest';
import { expect, test } from 'vitest';
import { emptyDatabase } from './support/database.ts';
import { createProject } from './support/project.ts';
import { runMain } from './support/run-main.ts';

const HERE = `
  CREATE SCHEMA shop; CREATE SCHEMA other; CREATE TABLE other.here (id int);
  CREATE TABLE shop.orders (id int PRIMARY KEY, state text NOT NULL DEFAULT 'open', gone text);
  INSERT INTO shop.orders VALUES (1, 'open', 'x');
  CREATE VIEW shop.open_orders AS SELECT orders.id FROM shop.orders WHERE state IN ('open', 'held');`;
const THERE = `
  CREATE SCHEMA shop;
  CREATE TABLE shop.orders (id bigint PRIMARY KEY, state text NOT NULL, note text);
  CREATE FUNCTION shop.twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n * 2';
  CREATE INDEX idx_orders_state ON shop.orders (state);
  COMMENT ON TABLE shop.orders IS 'Orders';`;

const servers = testServers();

test.each(servers)(
  'PostgreSQL $version: what differs is told in words, and the SQL makes the first as the second',
  async ({ url }) => {
    await using project = await createProject({});
    await project.writeConfig();
    await using here = await emptyDatabase(url);
    await using there = await emptyDatabase(url);
    await here.sql.unsafe(HERE);
    await there.sql.unsafe(THERE);
    const diff = (...more: readonly string[]) =>
      runMain(['diff', 'HERE', there.url, ...more], project.root, { HERE: here.url });
    const told = await diff();
    expect(told.exit).toBe(2);
    expect(told.stdout).toContain('only in the first: view shop.open_orders');
    expect(told.stdout).toContain('only in the second: function shop.twice(integer)');
    expect(told.stdout).toMatch(
      /different: column shop\.orders\.id\n +first +integer not null\n +second +bigint not null/,
    );
    expect(told.stdout).toMatch(/DROP COLUMN "gone"; -- data is lost/);
    // Another schema is nobody's business here.
    expect(told.stdout).not.toContain('other');
    const { stdout } = await diff('--sql');
    await here.sql.unsafe(stdout);
    const again = await diff('--json');
    expect(again.exit).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ code: 'OK', differences: [], statements: [], schemas: ['shop'] });
    expect(await here.sql`SELECT id, state FROM shop.orders`).toEqual([{ id: '1', state: 'open' }]);
  },
);

test('servers of different majors print one schema differently, which is no difference', async () => {
  await using project = await createProject({});
  await project.writeConfig();
  const [oldest, newest] = [servers.at(0)?.url ?? '', servers.at(-1)?.url ?? ''];
  await using here = await emptyDatabase(oldest);
  await using there = await emptyDatabase(newest);
  await here.sql.unsafe(HERE);
  await there.sql.unsafe(HERE);
  const { exit, stdout } = await runMain(['diff', here.url, there.url], project.root);
  expect({ exit, stdout }).toMatchObject({ exit: 0, stdout: expect.stringContaining('equal: shop') });
});
