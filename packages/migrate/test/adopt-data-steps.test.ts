import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { testServers } from '@repo/local-postgres/vitest';
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { type AdoptOptions, adoptDomain } from '../src/adopt/adopt-domain.ts';
import { finishAdoption } from '../src/adopt/finish-adoption.ts';
import { openScratch } from '../src/author/scratch.ts';
import type { Backfill } from '../src/config.ts';
import { parseTarget } from '../src/index.ts';
import { DECLARED, FOUND } from './support/adopt-variants.ts';
import { emptyDatabase } from './support/database.ts';
import { LEGACY, MIGRATIONS } from './support/legacy-shop.ts';
import { createProject } from './support/project.ts';
import { runMain } from './support/run-main.ts';

/** Tells of each batch. */
const ages: Backfill = {
  name: 'ages',
  rule: 'everybody is 30',
  table: 'shop."user"',
  key: { column: 'id', type: 'integer' },
  batch: `WITH walked AS (INSERT INTO public.walked DEFAULT VALUES)
    UPDATE shop."user" SET age = 30 WHERE ($1::integer IS NULL OR id > $1::integer) AND id <= $2::integer AND age IS NULL`,
  remaining: 'SELECT count(*) FROM shop."user" WHERE age IS NULL',
};

const thin: Backfill = {
  name: 'thin',
  rule: 'every second order goes',
  table: 'shop.orders',
  key: { column: 'id', type: 'integer' },
  batch: `WITH gone AS (DELETE FROM shop.orders WHERE ($1::integer IS NULL OR id > $1::integer) AND id <= $2::integer AND id % 2 = 0 RETURNING id)
    UPDATE shop.orders SET note = 'thin' WHERE false`,
  remaining: 'SELECT count(*) FROM shop.orders WHERE id % 2 = 0',
};

const named: Backfill = {
  name: 'named',
  rule: 'everybody has a name',
  table: 'shop.users',
  key: { column: 'id', type: 'bigint' },
  batch: `UPDATE shop.users SET email = email || '!' WHERE ($1::bigint IS NULL OR id > $1::bigint) AND id <= $2::bigint AND email NOT LIKE '%!'`,
  remaining: `SELECT count(*) FROM shop.users WHERE email NOT LIKE '%!'`,
};

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('a data step does not race an old application that goes on writing: it fills what is there, and waits', async () => {
    await using database = await emptyDatabase(server);
    await database.sql.unsafe(`${LEGACY}; CREATE TABLE walked (at timestamptz DEFAULT now())`);
    const aged = { '20260103000000_aged': '-- db: after-backfill ages\nANALYZE shop."user";' };
    await using project = await createProject({ ...MIGRATIONS, ...aged }, [ages]);
    await project.writeConfig();
    await writeFile(join(project.root, 'answers.json'), JSON.stringify({ 'time zone': 'UTC' }));
    const old = postgres(database.url, { max: 1, onnotice: () => {} });
    const state = { going: true };
    const writing = (async () => {
      for (let n = 0; state.going; n += 1) {
        await old`INSERT INTO public."user" ("Mail", extra) VALUES (${`old${n}@x`}, 'e')`;
        await sleep(1);
      }
    })();
    const { root } = project;
    const args = ['--config', join(root, 'db.config.ts'), 'adopt', '--url', database.url, '--scratch-url', server];
    const more = ['--decisions', join(root, 'answers.json'), '--yes', '--json'];
    const { exit, stdout } = await runMain([...args, ...more], root);
    state.going = false;
    await writing;
    await old.end();
    expect(exit).toBe(0);
    expect(JSON.parse(stdout).domains[0].notes).toContainEqual(
      expect.stringMatching(
        /^nothing is proven of the content of user: somebody else wrote meanwhile \(user: \d+ rows before, \d+ after\)$/,
      ),
    );
    expect(JSON.parse(stdout).domains[0].notes).toContainEqual('content proven by sums: orders (900 rows)');
    expect(JSON.parse(stdout).domains[0].waiting).toContainEqual({
      object: 'data step ages',
      why: expect.any(String),
      rows: expect.any(Number),
    });
    const [counts] = await database.sql`
      SELECT (SELECT count(*)::int FROM walked) AS batches, (SELECT count(*)::int FROM shop."user" WHERE age = 30) AS filled`;
    expect(counts?.['filled']).toBeGreaterThanOrEqual(300);
    expect(counts?.['batches']).toBeLessThan(40);
  });

  test('a data step that would take rows to which others refer waits, and so does one that a trigger refuses', async () => {
    await using database = await emptyDatabase(server);
    const { sql, url } = database;
    await sql.unsafe(`${FOUND};
      CREATE TABLE letters (order_id integer REFERENCES orders ON DELETE CASCADE); INSERT INTO letters SELECT id FROM orders;
      CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'never'; END $$;
      CREATE TRIGGER never BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION no();`);
    const headers = '-- db: after-backfill thin\n-- db: after-backfill named\nANALYZE shop.orders;';
    await using project = await createProject({ ...DECLARED, '20260103000000_thin': headers }, [thin, named]);
    await using scratch = await openScratch(server, () => {});
    const options: AdoptOptions = {
      ...{ root: project.root, target: parseTarget(url, 'test'), scratch, fromSchema: 'public', keepInPlace: false },
      ...{ yes: true, appVersion: null, decisions: {}, lock: { waitMs: 5000, onWait: () => {} } },
    };
    await adoptDomain(project.domain, options);
    const { outcome, waiting } = await finishAdoption(project.domain, options);
    expect(outcome).toBe('finished');
    expect(waiting).toMatchObject([
      { object: 'data step thin', why: 'it takes rows, and public.letters refers to such rows' },
      { object: 'data step named', why: expect.stringContaining('never') },
    ]);
    expect(await sql`SELECT count(*)::int AS n FROM letters`).toMatchObject([{ n: 200 }]);
  });
});
