import { globSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { type Ended, runMain, startMain } from './support/run-main.ts';

/** A Drizzle project in a folder of its own, below this package so that it finds drizzle-kit. */
interface DrizzleProject extends AsyncDisposable {
  readonly root: string;
  schema(columns: string): Promise<void>;
  objects(objects: string): Promise<void>;
  /** Of `db generate`, for a process that a test has something to do to. */
  readonly generateArguments: readonly string[];
  generate(...args: readonly string[]): Promise<Ended>;
  check(): Promise<Ended>;
  /** Folders of the history, oldest first. */
  folders(): Promise<readonly string[]>;
  sql(folder: string): Promise<string>;
  /** Writes the purpose as an author does. */
  sayPurpose(folder: string): Promise<void>;
}

async function drizzleProject(server: string): Promise<DrizzleProject> {
  const root = await mkdtemp(join(import.meta.dirname, '.project-'));
  const folders = async () => (await readdir(join(root, 'migrations')).catch(() => [])).sort();
  const sql = (folder: string) => readFile(join(root, 'migrations', folder, 'migration.sql'), 'utf8');
  const schema = (columns: string) =>
    writeFile(
      join(root, 'schema.ts'),
      `import { integer, pgSchema, text } from 'drizzle-orm/pg-core';\nexport const shop = pgSchema('shop');\nexport const orders = shop.table('orders', { id: integer('id').primaryKey(), ${columns} });\n`,
    );
  const objects = (list: string) =>
    writeFile(
      join(root, 'objects.ts'),
      `import { comment, sqlFunction, trigger, index } from '../../src/config.ts';\nimport { orders } from './schema.ts';\nvoid [comment, sqlFunction, trigger, index, orders];\nexport const objects = [${list}];\n`,
    );
  await writeFile(join(root, 'package.json'), '{ "type": "module" }');
  await writeFile(
    join(root, 'drizzle.config.ts'),
    "export default { dialect: 'postgresql', schema: './schema.ts', out: './migrations' };\n",
  );
  await writeFile(join(root, 'db.config.ts'), "export { default } from './one.config.ts';\n");
  await writeFile(
    join(root, 'one.config.ts'),
    `const seed = { reference: async () => [], missing: async () => [], demo: async () => [] };
export default { domains: [{ name: 'shop', schema: 'shop', migrations: 'migrations', generator: 'drizzle.config.ts',
  load: async () => ({ schema: await import('./schema.ts'), objects: (await import('./objects.ts')).objects, backfills: [], seed }) }] };\n`,
  );
  await schema('');
  await objects('');
  const generateArguments = ['--config', join(root, 'db.config.ts'), 'generate', '--json', '--scratch-url', server];
  return {
    root,
    generateArguments,
    schema,
    objects,
    folders,
    generate: (...args) => runMain([...generateArguments, ...args], root),
    check: () => runMain(['--config', join(root, 'db.config.ts'), 'check', '--json'], root),
    sql,
    sayPurpose: async (folder) =>
      writeFile(
        join(root, 'migrations', folder, 'migration.sql'),
        (await sql(folder)).replace(/Purpose: .*/, 'Purpose: a shop.'),
      ),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
}

/** Scratch databases that a process has made and that are still there. */
async function databasesOf(server: string, pid = 0): Promise<readonly string[]> {
  const sql = postgres(server, { max: 1 });
  const found = await sql`SELECT datname FROM pg_database WHERE datname LIKE ${`lp_test_%_${pid.toString(36)}_%`}`;
  await sql.end();
  return found.map(({ datname }) => String(datname));
}

const COMMENT = "comment(orders, 'One row per order.')";
const TOUCH = `sqlFunction({ schema: 'shop', name: 'touch', returns: 'trigger', language: 'plpgsql', body: ' BEGIN RETURN NEW; END ' }),
  trigger({ name: 'touch_orders', on: orders, fires: 'BEFORE UPDATE', execute: 'shop.touch()' })`;

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('what drizzle-kit models and what it cannot arrive in one migration, in an order that runs, and then nothing is left to do', async () => {
    await using project = await drizzleProject(server);
    await project.objects(`${COMMENT}, ${TOUCH}`);
    const first = await project.generate('--name', 'initial');
    expect(JSON.parse(first.stdout)).toMatchObject({ ok: true, domains: [{ statements: 2, objects: 3 }] });
    const [folder = ''] = await project.folders();
    const sql = await project.sql(folder);
    expect(sql).toMatch(/^-- Initial\.\n-- Purpose: .*\n-- Date: \d{4}-\d\d-\d\d\n/);
    expect(sql.indexOf('CREATE TABLE')).toBeLessThan(sql.indexOf('-- objects'));
    expect(sql.indexOf('FUNCTION')).toBeLessThan(sql.indexOf('TRIGGER'));
    expect(JSON.parse((await project.generate()).stdout)).toMatchObject({ domains: [{ migration: null }] });
    expect(await project.folders()).toHaveLength(1);
    const findings = async () => JSON.parse((await project.check()).stdout).domains[0].findings;
    const asked = (text: string) => ({
      code: 'DB_FINDINGS',
      message: expect.stringContaining(`migration.sql: ${text}`),
    });
    expect(await findings()).toEqual([asked('write what it is for')]);
    await project.sayPurpose(folder);
    // The offline check knows the server's way of writing a function.
    expect(JSON.parse((await project.check()).stdout)).toMatchObject({ ok: true, domains: [{ findings: [] }] });
  }, 120_000);

  test('a change of an object alone makes a migration of its own', async () => {
    await using project = await drizzleProject(server);
    await project.generate('--name', 'initial');
    await project.objects(COMMENT);
    expect(await project.generate('--name', 'say-what-a-row-is')).toMatchObject({ exit: 0 });
    const folder = (await project.folders()).at(-1) ?? '';
    expect(folder).toMatch(/_say-what-a-row-is$/);
    expect(await project.sql(folder)).toMatch(
      /-- objects\nCOMMENT ON TABLE "shop"."orders" IS 'One row per order.';\n$/,
    );
  });

  test('a rename that must be decided exits 3 with the question and writes nothing; the answer in a file makes it a rename', async () => {
    await using project = await drizzleProject(server);
    await project.schema("total: integer('total')");
    await project.generate('--name', 'initial');
    await project.schema("sum: integer('sum')");
    const asked = await project.generate('--name', 'rename');
    expect(asked.exit).toBe(3);
    expect(JSON.parse(asked.stdout)).toMatchObject({
      code: 'DB_DECISION',
      error: {
        questions: [
          {
            type: 'rename_or_create',
            kind: 'column',
            entity: ['shop', 'orders', 'sum'],
            candidates: [['shop', 'orders', 'total']],
          },
        ],
      },
    });
    expect(await project.folders()).toHaveLength(1);
    const [renamed = '', created = ''] = JSON.parse(asked.stdout).error.message.match(/\[\{.*\}\]/g);
    expect(JSON.parse(created)).toEqual([{ type: 'create', kind: 'column', entity: ['shop', 'orders', 'sum'] }]);
    const hints = join(project.root, 'hints.json');
    await writeFile(hints, renamed);
    expect((await project.generate('--name', 'rename', '--hints', hints)).exit).toBe(0);
    const folders = (await project.folders()).slice(1);
    const files = await Promise.all(folders.map((folder) => project.sql(folder)));
    // Both names until the older build is gone.
    expect(files[0]).toContain('ADD COLUMN "sum" integer');
    expect(files.at(-1)).toMatch(/^-- db: contract$[\s\S]*DROP COLUMN "total"/m);
  });

  test('a hints file that is not there, is no JSON, has no answers or names nothing is a usage error that names it', async () => {
    await using project = await drizzleProject(server);
    await project.schema("total: integer('total')");
    await project.generate('--name', 'initial');
    await project.schema("sum: integer('sum')");
    const hints = join(project.root, 'hints.json');
    const refused = async (text: string) => {
      if (text !== '') await writeFile(hints, text);
      const { exit, stdout } = await project.generate('--hints', hints);
      const { code, error } = JSON.parse(stdout);
      expect({ exit, code, at: error.at }).toEqual({ exit: 64, code: 'DB_USAGE', at: hints });
      return error.message;
    };
    expect(await refused('')).toContain('no such file');
    expect(await refused('{')).toContain('expected JSON');
    expect(await refused('{}')).toContain('expected a list');
    expect(await refused('[{"type":"renam","kind":"column"}]')).toContain('expected a rename or a create');
    const mistaken = {
      type: 'rename',
      kind: 'column',
      from: ['shop', 'orders', 'totl'],
      to: ['shop', 'orders', 'sum'],
    };
    expect(await refused(JSON.stringify([mistaken]))).toContain('invalid hints: kind column, from shop.orders.totl');
  }, 120_000);

  test('what a migration would take away is warned of, and data above all', async () => {
    await using project = await drizzleProject(server);
    await project.schema("total: integer('total')");
    await project.generate('--name', 'initial');
    await project.schema('');
    const { stdout, stderr } = await project.generate('--name', 'less');
    expect(stderr).toMatch(/warning: ALTER TABLE "shop"\."orders" DROP COLUMN "total" \(its data is lost\)\n/);
    expect(JSON.parse(stdout).domains[0].drops).toMatchObject([{ losesData: true }]);
  });

  test('when a step fails nothing is written, and the reason is said', async () => {
    await using project = await drizzleProject(server);
    await project.objects(
      "comment(orders.id, 'x'), { kind: 'function', name: 'broken', sql: 'CREATE FUNCTION shop.broken() RETURNS int LANGUAGE sql AS $$SELECT nothing$$' }",
    );
    const failed = await project.generate('--name', 'initial');
    expect(failed.exit).toBe(1);
    expect(JSON.parse(failed.stdout)).toMatchObject({
      code: 'DB_GENERATE',
      error: { message: expect.stringContaining('nothing') },
    });
    expect(await project.folders()).toEqual([]);
  });

  test('a snapshot that the generator could not go on from is named, with what to do', async () => {
    await using project = await drizzleProject(server);
    const folder = join(project.root, 'migrations/20260101000000_initial');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'migration.sql'), 'CREATE SCHEMA shop;');
    await writeFile(join(folder, 'snapshot.json'), '{ "id": "b", "prevIds": ["a"] }');
    const { exit, stdout } = await project.generate();
    expect([exit, JSON.parse(stdout).error]).toMatchObject([
      4,
      {
        code: 'DB_FILE_SNAPSHOT',
        at: 'migrations',
        message: expect.stringContaining(
          '20260101000000_initial/snapshot.json follows a state that no migration here has',
        ),
        fix: expect.stringContaining('restore it from version control'),
      },
    ]);
  });

  test('--quiet prints no talk, not even about the server of the scratch databases', async () => {
    await using project = await drizzleProject(server);
    expect(await project.generate('--quiet')).toMatchObject({ exit: 0, stderr: '' });
    expect((await project.generate()).stderr).toMatch(/^local-postgres: PostgreSQL \d+ at /);
  });

  test('a schema that cannot be loaded is a finding of `check` that names the file', async () => {
    await using project = await drizzleProject(server);
    await project.generate('--name', 'initial');
    await project.schema('(');
    const { exit, stdout } = await project.check();
    expect([exit, JSON.parse(stdout)]).toMatchObject([
      2,
      {
        domains: [
          {
            findings: expect.arrayContaining([
              expect.objectContaining({ code: 'DB_CONFIG', message: expect.stringContaining('schema.ts:3') }),
            ]),
          },
        ],
      },
    ]);
  });

  test('interrupted at work it leaves nothing behind and says so; the next run writes the migration', async () => {
    await using project = await drizzleProject(server);
    const drafts = () => globSync('.generate-*/shop/*/migration.sql', { cwd: project.root });
    const { child, ended } = startMain(project.generateArguments, project.root);
    await expect.poll(drafts, { timeout: 60_000, interval: 5 }).toHaveLength(1);
    child.kill('SIGINT');
    const { exit, stdout } = await ended;
    expect([exit, JSON.parse(stdout)]).toMatchObject([
      130,
      { command: 'generate', code: 'DB_INTERRUPTED', error: { changed: 'nothing was written', fix: 'run it again' } },
    ]);
    expect(globSync('{.generate-*,migrations/*}', { cwd: project.root })).toEqual([]);
    expect(await databasesOf(server, child.pid)).toEqual([]);
    expect((await project.generate()).exit).toBe(0);
    expect(await project.folders()).toHaveLength(1);
    expect(globSync('.generate-*', { cwd: project.root })).toEqual([]);
  }, 120_000);

  test('of several domains all that changed get their migration, or none does', async () => {
    await using project = await drizzleProject(server);
    const store = (schema: string) => writeFile(join(project.root, 'store.ts'), schema);
    await writeFile(
      join(project.root, 'store.config.ts'),
      "export default { dialect: 'postgresql', schema: './store.ts', out: './store' };\n",
    );
    await writeFile(
      join(project.root, 'db.config.ts'),
      `import one from './one.config.ts';
const [shop] = one.domains;
export default { domains: [shop, { ...shop, name: 'store', schema: 'store', migrations: 'store', generator: 'store.config.ts',
  load: async () => ({ ...(await shop.load()), objects: [] }) }] };\n`,
    );
    await store('export const broken = ');
    const failed = await project.generate('--name', 'initial');
    expect([failed.exit, JSON.parse(failed.stdout).error]).toMatchObject([
      1,
      { domain: 'store', changed: 'nothing was written' },
    ]);
    expect(await project.folders()).toEqual([]);
    await store("import { pgSchema } from 'drizzle-orm/pg-core';\nexport const store = pgSchema('store');\n");
    const both = JSON.parse((await project.generate('--name', 'initial')).stdout);
    expect(both.domains).toMatchObject([
      { path: expect.stringMatching(/^migrations.\d{14}_initial$/) },
      { path: expect.stringMatching(/^store.\d{14}_initial$/) },
    ]);
    for (const { path } of both.domains) expect(await readdir(join(project.root, path))).toContain('migration.sql');
  }, 120_000);
});
