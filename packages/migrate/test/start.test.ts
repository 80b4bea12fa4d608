import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { testServers } from '@repo/local-postgres/vitest';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { createLogger, format, transports } from 'winston';
import { type Logger, migrate } from '../src/index.ts';
import { emptyDatabase } from './support/database.ts';
import { createProject, type Project } from './support/project.ts';

const A = '20260101000000_a';
const B = '20260102000000_b';
/** No key refuses a second row: what ran twice is there twice. */
const HISTORY = {
  [A]: 'CREATE SCHEMA shop; CREATE TABLE shop.notes (said text)',
  [B]: "INSERT INTO shop.notes VALUES ('once')",
};
const INSTANCES = 10;

/** Real loggers, as applications make them, and the lines that they wrote. */
const LOGGERS = [
  ['pino', (stream: Writable) => pinoOn(stream)],
  ["pino's child", (stream: Writable) => pinoOn(stream).child({ part: 'start' })],
  ['winston', (stream: Writable) => winstonOn(stream)],
  ["winston's child", (stream: Writable) => winstonOn(stream).child({ part: 'start' })],
] as const;

const pinoOn = (stream: Writable) =>
  pino({ name: 'bot', messageKey: 'message', formatters: { level: (level) => ({ level }) } }, stream);

const winstonOn = (stream: Writable) =>
  createLogger({ format: format.json(), transports: [new transports.Stream({ stream })] });

function sink(): { readonly stream: Writable; readonly lines: () => readonly unknown[] } {
  let text = '';
  const stream = new Writable({
    write: (chunk, _, done) => {
      text += String(chunk);
      done();
    },
  });
  return {
    stream,
    lines: () =>
      text
        .trim()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as unknown),
  };
}

const start = ({ domain, root }: Project, url: string, logger?: Logger) => migrate({ url, domain, root, logger });

describe.each(testServers())('PostgreSQL $version', ({ url: server, version }) => {
  test.each(LOGGERS)(
    'it applies what is pending and says so to %s; the next start says that all is up to date',
    async (_, open) => {
      await using db = await emptyDatabase(server);
      await using project = await createProject(HISTORY);
      const { stream, lines } = sink();
      const logger = open(stream);
      expect(await start(project, db.url, logger)).toMatchObject({ applied: [{ name: A }, { name: B }], left: [] });
      expect(await start(project, db.url, logger)).toMatchObject({ applied: [] });
      const said = lines();
      const password = new URL(db.url).password;
      if (password !== '') expect(JSON.stringify(said)).not.toContain(password);
      expect(said).toMatchObject([
        { level: 'info', event: 'db.applying', domain: 'shop', migration: A, message: `shop: applying ${A}` },
        { event: 'db.applied', migration: A, ms: expect.any(Number) },
        { event: 'db.applying', migration: B },
        { event: 'db.applied', migration: B },
        { event: 'db.migrated', applied: [A, B], message: expect.stringMatching(/^shop: applied 2 on .* in \d+ ms$/) },
        { event: 'db.migrated', applied: [], message: expect.stringMatching(/^shop: up to date on /) },
      ]);
      expect(await db.sql`SELECT said FROM shop.notes`).toEqual([{ said: 'once' }]);
    },
  );

  test(`${INSTANCES} instances that start at once on a fresh database all come up, and each migration ran once`, async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject(HISTORY);
    const ends = await Promise.all(Array.from({ length: INSTANCES }, () => instance(project, db.url)));
    expect(ends.flatMap(({ applied }) => applied).sort()).toEqual([A, B]);
    expect(new Set(ends.map(({ message }) => message.replace(/applied \d/, 'up to date').slice(0, 16)))).toEqual(
      new Set(['shop: up to date']),
    );
    expect(await db.sql`SELECT said FROM shop.notes`).toEqual([{ said: 'once' }]);
    expect(await db.sql`SELECT name FROM migrations.applied ORDER BY name`).toEqual([{ name: A }, { name: B }]);
  });

  test('an instance that has to wait says for whom; one whose patience ends changes nothing', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject(HISTORY);
    await start(project, db.url);
    await project.write('20260103000000_c', "INSERT INTO shop.notes VALUES ('twice')");
    const holder = await db.sql.reserve();
    const [row] =
      await holder`SELECT pg_backend_pid() AS pid, pg_advisory_lock(hashtextextended('@repo/migrate:domain:shop', 0))`;
    const said: string[] = [];
    const logger = { info: (message: string) => said.push(message), warn: (message: string) => said.push(message) };
    const { domain, root } = project;
    await expect(migrate({ url: db.url, domain, root, logger, lockWaitMs: 200 })).rejects.toMatchObject({
      code: 'DB_MIGRATOR_BUSY',
      facts: { changed: 'nothing was changed' },
    });
    expect(said).toEqual([`shop: waiting for another migrator, pid ${row?.['pid']}`]);
    const patient = start(project, db.url, logger);
    await holder`SELECT pg_advisory_unlock_all()`;
    holder.release();
    expect(await patient).toMatchObject({ applied: [{ name: '20260103000000_c' }] });
  });

  test('a newer database is a warning and no failure; a migration that fails is thrown with its code, and is not logged as well', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject(HISTORY);
    await start(project, db.url);
    await project.remove(B);
    const { stream, lines } = sink();
    const logger = pinoOn(stream);
    expect(await start(project, db.url, logger)).toMatchObject({ ahead: [B] });
    expect(lines()).toMatchObject([{ level: 'warn', event: 'db.ahead', names: [B] }, { event: 'db.migrated' }]);
    await project.write(B, HISTORY[B]);
    await project.write('20260103000000_c', 'SELECT 1 / 0');
    await expect(start(project, db.url, logger)).rejects.toMatchObject({
      code: 'DB_STATEMENT',
      facts: { domain: 'shop' },
    });
    expect(JSON.stringify(lines().slice(2))).not.toContain('division');
  });

  test('a logger that throws fails no migration', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject(HISTORY);
    const broken = () => {
      throw new Error(`no disk on ${version}`);
    };
    expect(await start(project, db.url, { info: broken, warn: broken })).toMatchObject({ left: [] });
  });
});

test('a server that is not there yet is waited for, and said; without patience the failure comes at once', async () => {
  await using project = await createProject(HISTORY);
  const { domain, root } = project;
  const url = 'postgres://u:secret@127.0.0.1:1/app';
  const started = performance.now();
  await expect(migrate({ url, domain, root, serverWaitMs: 0 })).rejects.toMatchObject({ code: 'DB_UNREACHABLE' });
  expect(performance.now() - started).toBeLessThan(2000);

  await using db = await emptyDatabase(testServers()[0]?.url ?? '');
  await using late = await addressOf(db.url);
  const { stream, lines } = sink();
  const logger = pinoOn(stream);
  const coming = migrate({ url: late.url, domain, root, logger });
  await expect.poll(() => lines().length).toBe(1);
  await late.open();
  expect(await coming).toMatchObject({ left: [] });
  expect(lines()[0]).toMatchObject({ level: 'warn', event: 'db.not_there', code: 'DB_UNREACHABLE' });
});

/** A process that does nothing but start, as an instance of an application does. */
function instance({ domain, root }: Project, url: string): Promise<{ applied: readonly string[]; message: string }> {
  const { name, schema, migrations, generator } = domain;
  const options = { url, root, domain: { name, schema, migrations, generator } };
  const program = `
    const { migrate } = await import(${JSON.stringify(START)});
    const said = [];
    const logger = { info: (message) => said.push(message), warn: (message) => said.push(message) };
    const { applied } = await migrate({ ...${JSON.stringify(options)}, logger });
    console.log(JSON.stringify({ applied: applied.map(({ name }) => name), message: said.at(-1) }));`;
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['--input-type=module', '-e', program], { cwd: root }, (error, stdout, stderr) =>
      error === null ? resolve(JSON.parse(stdout)) : reject(new Error(stderr)),
    );
  });
}

const START = pathToFileURL(join(import.meta.dirname, '../src/start.ts')).href;

/** An address at which nobody answers until `open`, and then the server of `url`. */
async function addressOf(url: string): Promise<AsyncDisposable & { readonly url: string; open(): Promise<void> }> {
  const server = new URL(url);
  const reserve = createServer().listen(0, '127.0.0.1');
  await once(reserve, 'listening');
  const { port } = reserve.address() as AddressInfo;
  reserve.close();
  await once(reserve, 'close');
  const proxy = createServer((socket) => {
    const through = connect(Number(server.port), server.hostname);
    for (const end of [socket, through]) end.on('error', () => {});
    socket.pipe(through).pipe(socket);
  });
  const here = new URL(url);
  here.host = `127.0.0.1:${port}`;
  return {
    url: here.href,
    open: async () => {
      proxy.listen(port, '127.0.0.1');
      await once(proxy, 'listening');
    },
    [Symbol.asyncDispose]: async () => void proxy.close(),
  };
}
