import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import { beforeAll, describe, expect, test } from 'vitest';
import { emptyDatabase } from './support/database.ts';
import { createProject, type Project } from './support/project.ts';
import { type Ended, runMain } from './support/run-main.ts';

const A = '20260101000000_a';

function db(
  project: Project,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return runMain(['--config', join(project.root, 'db.config.ts'), ...args], project.root, environment);
}

let project: Project;
beforeAll(async () => {
  project = await createProject({ [A]: 'CREATE SCHEMA shop; CREATE TABLE shop.orders (id int)' });
  await project.writeConfig();
  return () => project[Symbol.asyncDispose]();
});

describe('a wrong connection gives one clear line, its fix, and the documented exit code', () => {
  const server = testServers().at(-1)?.url ?? '';
  const url = (part: 'password' | 'pathname', value: string) => {
    const changed = new URL(server);
    changed[part] = value;
    return changed.href;
  };

  test.each([
    ['missing', {}, 64, 'DB_URL_MISSING', 'SHOP_DIRECT_URL, SHOP_DATABASE_URL, DIRECT_URL, DATABASE_URL'],
    ['not a URL', { DATABASE_URL: 'localhost/app' }, 64, 'DB_URL_INVALID', 'DATABASE_URL is not a postgresql:// URL'],
    [
      'an unencoded @ and / in the password',
      { DATABASE_URL: 'postgres://u:p@secret/w@h/app' },
      64,
      'DB_URL_INVALID',
      'percent-encoded',
    ],
    [
      'an unencoded / in the password',
      { DATABASE_URL: 'postgres://u:secret/w@h/app' },
      64,
      'DB_URL_INVALID',
      '/ is %2F',
    ],
    [
      'an unencoded # in the password',
      { DATABASE_URL: 'postgres://u:secret#w@h/app' },
      64,
      'DB_URL_INVALID',
      '# is %23',
    ],
    ['a % that encodes nothing', { DATABASE_URL: 'postgres://u:%zz@h/app' }, 64, 'DB_URL_INVALID', 'encodes nothing'],
    ['an unknown sslmode', { DATABASE_URL: 'postgres://u:p@h/app?sslmode=maybe' }, 64, 'DB_URL_INVALID', 'verify-full'],
    ['TLS of a server that has none', { DATABASE_URL: `${server}?sslmode=require` }, 69, 'DB_TLS', 'TLS'],
    ['a parameter that is no setting', { DATABASE_URL: `${server}?schema=public` }, 64, 'DB_URL_INVALID', 'schema'],
    ['without a database', { DATABASE_URL: 'postgres://localhost' }, 64, 'DB_URL_INVALID', 'names no database'],
    [
      'a port where nothing listens',
      { DATABASE_URL: 'postgres://u:secret@127.0.0.1:1/app' },
      69,
      'DB_UNREACHABLE',
      'u@127.0.0.1:1/app',
    ],
    ['a refused password', { DATABASE_URL: url('password', 'secret') }, 69, 'DB_AUTH', 'password'],
    [
      'a database that takes no connections',
      { DATABASE_URL: url('pathname', '/template0') },
      69,
      'DB_UNREACHABLE',
      'not currently accepting',
    ],
    ['a database that is not there', { DATABASE_URL: url('pathname', '/nowhere') }, 69, 'DB_NO_DATABASE', 'nowhere'],
  ])('%s', async (_, environment: Record<string, string>, exit, code, text) => {
    const ended = await db(project, ['migrate'], environment);
    expect(ended.exit).toBe(exit);
    expect(ended.stderr).toContain(code);
    expect(ended.stderr).toContain(text);
    expect(ended.stderr).toContain('fix: ');
    expect(ended.stdout + ended.stderr).not.toContain('secret');
    const quiet = await db(project, ['migrate', '--quiet'], environment);
    expect(quiet.stderr).toContain(code);
    const json = await db(project, ['migrate', '--json'], environment);
    expect(JSON.parse(json.stdout)).toMatchObject({
      version: 1,
      command: 'migrate',
      ok: false,
      code,
      error: { fix: expect.any(String) },
    });
  });

  test('a server that takes the connection and says nothing', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await new Promise((ready) => silent.once('listening', ready));
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const ended = await db(project, ['status', '--connect-timeout', '1'], {
      DATABASE_URL: `postgres://u:p@127.0.0.1:${port}/app`,
    });
    silent.close();
    expect(ended).toMatchObject({
      exit: 69,
      stderr: expect.stringContaining(`DB_UNREACHABLE shop · u@127.0.0.1:${port}/app: `),
    });
  });
});

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('migrate, status and verify: text for people, one JSON object for programs, and their exit codes', async () => {
    await using database = await emptyDatabase(server);
    const environment = { DATABASE_URL: database.url, APP_VERSION: '1.2.3' };
    expect((await db(project, ['status'], environment)).exit).toBe(2);
    expect((await db(project, ['verify', '--json'], environment)).exit).toBe(2);
    const dry = await db(project, ['migrate', '--dry-run'], environment);
    const sql = 'CREATE SCHEMA shop; CREATE TABLE shop.orders (id int)';
    expect(dry).toMatchObject({
      exit: 0,
      stdout: `-- shop: would apply 1\n\n-- shop ${A}: in one transaction\n${sql}\n`,
    });
    const dryJson = JSON.parse((await db(project, ['migrate', '--dry-run', '--json'], environment)).stdout);
    expect(dryJson.domains).toMatchObject([
      { domain: 'shop', dryRun: true, applied: [], wouldApply: [{ name: A, how: 'transaction', sql }] },
    ]);
    const migrated = await db(project, ['migrate', '--json'], environment);
    expect(JSON.parse(migrated.stdout)).toMatchObject({
      version: 1,
      ok: true,
      code: 'OK',
      domains: [{ domain: 'shop', applied: [{ name: A }] }],
    });
    expect(migrated.stderr).toContain(A);
    const status = await db(project, ['status', '--json'], environment);
    expect(status.exit).toBe(0);
    expect(JSON.parse(status.stdout).domains[0].migrations[0]).toMatchObject({
      name: A,
      state: 'applied',
      appVersion: '1.2.3',
    });
    expect((await db(project, ['verify'], environment)).exit).toBe(0);
  });

  test('a run over several domains that fails says in its JSON which were through', async () => {
    await using database = await emptyDatabase(server);
    await using broken = await createProject({});
    const domain = (name: string) =>
      `{ name: '${name}', schema: '${name}', migrations: '${name}', generator: 'x', load: async () => ({}) }`;
    const config = `export default { domains: [${domain('shop')}, ${domain('store')}, ${domain('till')}] };\n`;
    await writeFile(join(broken.root, 'db.config.ts'), config);
    for (const [name, sql] of [
      ['shop', 'CREATE SCHEMA shop'],
      ['store', 'SELECT 1 / 0'],
      ['till', 'CREATE SCHEMA till'],
    ] as const) {
      await mkdir(join(broken.root, name, A), { recursive: true });
      await writeFile(join(broken.root, name, A, 'migration.sql'), sql);
    }
    const failed = await db(broken, ['migrate', '--json'], { DATABASE_URL: database.url });
    expect([failed.exit, JSON.parse(failed.stdout)]).toMatchObject([
      1,
      {
        ok: false,
        code: 'DB_STATEMENT',
        domains: [{ domain: 'shop', applied: [{ name: A }] }],
        error: { domain: 'store' },
      },
    ]);
  });

  test('a full server is told apart from a refused password', async () => {
    await using database = await emptyDatabase(server);
    const name = new URL(database.url).pathname.slice(1);
    await database.sql.unsafe(`ALTER DATABASE "${name}" CONNECTION LIMIT 0`);
    const role = `limited_${name}`.slice(0, 60);
    await database.sql.unsafe(`CREATE ROLE "${role}" LOGIN PASSWORD 'p'`);
    const url = new URL(database.url);
    url.username = role;
    url.password = 'p';
    const ended = await db(project, ['migrate'], { DATABASE_URL: url.href });
    await database.sql.unsafe(`DROP ROLE "${role}"`);
    expect(ended).toMatchObject({ exit: 69, stderr: expect.stringContaining('DB_FULL') });
  });

  test('mark production shows first and touches nothing, marks with --yes, and finds itself done the next time', async () => {
    await using database = await emptyDatabase(server);
    const environment = { DATABASE_URL: database.url };
    const mark = ['mark', 'production'];
    expect(await db(project, mark, environment)).toMatchObject({
      exit: 3,
      stdout: expect.stringContaining('would be marked as production'),
    });
    expect(await database.sql`SELECT FROM pg_namespace WHERE nspname = 'migrations'`).toHaveLength(0);
    const marked = await db(project, [...mark, '--yes'], environment);
    expect(marked).toMatchObject({ exit: 0, stdout: expect.stringContaining('is marked as production') });
    const again = await db(project, mark, environment);
    expect(again).toMatchObject({ exit: 0, stdout: expect.stringContaining('already') });
  });

  test('demo seeds are refused on a database that is marked as production, unless it is named', async () => {
    await using database = await emptyDatabase(server);
    const environment = { DATABASE_URL: database.url };
    expect((await db(project, ['mark', 'production', '--yes'], environment)).exit).toBe(0);
    const refused = await db(project, ['seed', '--demo'], environment);
    expect(refused).toMatchObject({ exit: 4, stderr: expect.stringContaining('DB_PRODUCTION') });
    expect((await db(project, ['seed'], environment)).exit).toBe(0);
    const confirmed = await db(
      project,
      ['seed', '--demo', '--confirm', new URL(database.url).pathname.slice(1)],
      environment,
    );
    expect(confirmed.exit).toBe(0);
  });
});

test('a wrong command line exits 64 and proposes the right word', async () => {
  expect(await db(project, ['migrat'])).toMatchObject({
    exit: 64,
    stderr: expect.stringContaining('Did you mean migrate?'),
  });
  expect(await db(project, ['migrat'])).toMatchObject({
    stderr: expect.stringMatching(/^DB_USAGE: unknown command 'migrat' .*\n {2}fix: read `pnpm db --help`\n$/),
  });
  for (const wrong of [['--wat'], ['--to'], ['one', 'too many']])
    expect(await db(project, ['migrate', ...wrong])).toMatchObject({
      exit: 64,
      stderr: expect.stringMatching(/^DB_USAGE: .+\n {2}fix: read `pnpm db migrate --help`\n$/),
    });
  expect(await db(project, ['migrate', '--domain', 'nothing'])).toMatchObject({
    exit: 64,
    stderr: expect.stringMatching(/^DB_USAGE: .+\n {2}fix: read `pnpm db migrate --help`\n$/),
  });
  expect(await db(project, [])).toMatchObject({ exit: 64, stderr: expect.stringContaining('Commands:') });
  expect((await db(project, ['seed', '--rows', '-3'], { DATABASE_URL: 'postgres://u@h/d' })).exit).toBe(64);
});

test('a wrong command line with --json prints one JSON object, too', async () => {
  const { exit, stdout } = await db(project, ['migrate', '--wat', '--json']);
  expect([exit, JSON.parse(stdout)]).toMatchObject([64, { command: 'migrate', code: 'DB_USAGE' }]);
});

test('help exits 0 and shows examples', async () => {
  expect(await db(project, ['migrate', '--help'])).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining('Examples:'),
  });
});

test('a command that asks no database offers no URL to ask it by', async () => {
  const helpOf = async (command: string) => (await db(project, [command, '--help'])).stdout;
  for (const command of ['check', 'generate', 'docs', 'completion'])
    expect(await helpOf(command)).not.toMatch(/--url|--connect-timeout/);
  for (const command of ['migrate', 'script']) expect(await helpOf(command)).toMatch(/--url[\s\S]*--connect-timeout/);
});

test('`db docs` says of each page what it did', async () => {
  await using own = await createProject({});
  await own.writeConfig();
  const docs = (...args: string[]) => db(own, ['docs', '--out', join(own.root, 'pages'), ...args]);
  const said = (word: string) =>
    expect.stringMatching(new RegExp(`cli\\.md: ${word}\n.*errors\\.md: ${word}\n.*lint\\.md: ${word}\n$`));
  expect(await docs('--check')).toMatchObject({ exit: 2, stdout: said('out of date') });
  expect(await docs()).toMatchObject({ exit: 0, stdout: said('written') });
  expect(await docs()).toMatchObject({ exit: 0, stdout: said('up to date') });
});

test('two domains of one configuration that claim one schema are refused before anything is read', async () => {
  await using project = await createProject({});
  const domain = (name: string) =>
    `{ name: '${name}', schema: 'shop', migrations: '${name}', generator: 'x', load: async () => ({}) }`;
  await writeFile(
    join(project.root, 'db.config.ts'),
    `export default { domains: [${domain('shop')}, ${domain('store')}] };\n`,
  );
  expect(await db(project, ['migrate', '--url', 'postgres://u:p@127.0.0.1:1/app'])).toMatchObject({
    exit: 64,
    stderr: expect.stringContaining('DB_CONFIG: expected one domain for each schema, got "shop" in shop and store'),
  });
});

test.each([
  ['a syntax error', 'export const x = ;', 'DB_CONFIG shop · schema.ts:1'],
  ['a syntax error in an ES module', 'export const x = ;', 'DB_CONFIG shop · schema.ts:1', '{ "type": "module" }'],
  ['a file that is not there', "import './nowhere.ts';", 'DB_CONFIG shop · schema.ts: '],
  ['a name that is not there', '\nexport const x = nothing.y;', 'DB_CONFIG shop · schema.ts:2'],
  ['a package that is not installed', "import 'nowhere';", 'DB_DEVELOPMENT_ONLY'],
])('%s in the code of a domain is named with its file', async (_, source, said, manifest = '{}') => {
  await using project = await createProject({ [A]: 'CREATE SCHEMA shop' });
  await writeFile(join(project.root, 'package.json'), manifest);
  await writeFile(join(project.root, 'schema.ts'), source);
  await writeFile(
    join(project.root, 'db.config.ts'),
    "export default { domains: [{ name: 'shop', schema: 'shop', migrations: 'migrations', generator: 'x', load: () => import('./schema.ts') }] };\n",
  );
  const ended = await db(project, ['verify', '--url', 'postgres://u:p@127.0.0.1:1/app']);
  expect(ended).toMatchObject({ exit: 64, stderr: expect.stringContaining(said) });
});

test('a configuration that is not there, or does not export one, is named', async () => {
  await using empty = await createProject({});
  const named = { exit: 64, stderr: expect.stringContaining(`DB_CONFIG ${join(empty.root, 'db.config.ts')}: `) };
  expect(await db(empty, ['status'])).toMatchObject(named);
  expect((await db(empty, ['status'])).stderr).toContain(
    'there is no such file\n  fix: run it in the folder of the configuration',
  );
  await writeFile(join(empty.root, 'db.config.ts'), 'export default {};');
  expect(await db(empty, ['status'])).toMatchObject(named);
});
