import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalPostgres, type PostgresVersion, startPostgres } from '@repo/local-postgres';
import { hasPgbouncer, startPgbouncer } from '@repo/local-postgres/pgbouncer';
import { driftDomain, parseTarget } from '@repo/migrate';
import type { DomainConfig } from '@repo/migrate/config';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import config from '../../db.config.ts';
import * as errors from '../../src/errors.ts';
import { waitForSchema } from '../../src/migrate.ts';
import { servers } from '../support/database.ts';
import { failureOf, openDb } from './support.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const [bot] = config.domains.filter(({ name }) => name === 'bot') as [DomainConfig];
const PASSWORD = 'p@ss:/w%ord? #é';

/** A private authority and a certificate of it for one name or address. */
function makeCertificates(folder: string, subject: string): void {
  const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  for (const authority of ['ca', 'stranger'])
    openssl(
      ...`req -x509 -newkey rsa:2048 -nodes -days 2 -keyout ${authority}.key -out ${authority}.crt`.split(' '),
      '-subj',
      `/CN=${authority}`,
    );
  openssl(
    ...'req -new -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=server'.split(' '),
    '-addext',
    `subjectAltName=${subject}`,
  );
  openssl(
    ...'x509 -req -in server.csr -CA ca.crt -CAkey ca.key -days 2 -copy_extensions copy -out server.crt'.split(' '),
  );
}

describe.each(servers())('addresses and passwords on PostgreSQL $version', ({ version }) => {
  let folder: string;
  let server: LocalPostgres;
  let sql: Sql;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'addresses-'));
    await chmod(folder, 0o777);
    const settings = { unix_socket_directories: folder };
    server = await startPostgres({ source: 'embedded', version: version as PostgresVersion, settings });
    sql = postgres(server.url, { max: 1, onnotice: () => {} });
    await sql.unsafe(`CREATE ROLE odd LOGIN PASSWORD '${PASSWORD}'`);
  });
  afterAll(async () => {
    await sql.end();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const odd = (password: string, change: Partial<URL> = {}): string =>
    Object.assign(new URL(server.url), { username: 'odd', password, ...change }).href;
  const whoAmI = async (url: string, options: Parameters<typeof openDb>[1] = {}) => {
    await using db = openDb(url, options);
    const { rows } = await db.query<{ who: string; ssl: boolean }>(
      'SELECT current_user AS who, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
    );
    return rows[0];
  };
  const refusal = (url: string, options: Parameters<typeof openDb>[1] = {}) => failureOf(whoAmI(url, options));

  test('a password with every odd sign in it is percent-encoded in the URL, or given by a function each time', async () => {
    expect(await whoAmI(odd(encodeURIComponent(PASSWORD)))).toMatchObject({ who: 'odd' });
    const asked: number[] = [];
    const password = async () => {
      asked.push(asked.length);
      return PASSWORD;
    };
    expect(await whoAmI(odd(''), { password })).toMatchObject({ who: 'odd' });
    expect(asked).toEqual([0]);
  });

  test('a refused password, of the URL or of a function, is one clear error that does not hold it', async () => {
    for (const failure of [
      await refusal(odd('wrong-secret')),
      await refusal(odd(''), { password: () => 'wrong-secret' }),
      await refusal(odd('wrong-secret').replace('@127.0.0.1', `@127.0.0.1:${new URL(server.url).port},127.0.0.1`)),
    ]) {
      expect(failure).toBeInstanceOf(errors.AuthenticationFailed);
      expect(failure.message + JSON.stringify(failure)).not.toContain('wrong-secret');
    }
  });

  test('a unix socket is found by its folder', async () => {
    const url = new URL(odd(encodeURIComponent(PASSWORD), { hostname: 'no-such-host.invalid' }));
    url.searchParams.set('host', folder);
    expect(await whoAmI(url.href)).toMatchObject({ who: 'odd' });
    url.searchParams.set('host', join(folder, 'nothing'));
    expect(await refusal(url.href)).toBeInstanceOf(errors.ServerUnreachable);
  });

  test('without a host PGHOST says it: a folder, a name, or several', async () => {
    const { port } = new URL(server.url);
    const hostless = 'postgresql:///postgres';
    vi.stubEnv('PGPORT', port).stubEnv('PGUSER', 'odd').stubEnv('PGPASSWORD', PASSWORD);
    try {
      for (const host of [folder, '127.0.0.1', 'localhost', '127.0.0.1,localhost']) {
        vi.stubEnv('PGHOST', host);
        expect(await whoAmI(hostless)).toMatchObject({ who: 'odd' });
        expect(await whoAmI(`postgresql://odd:${encodeURIComponent(PASSWORD)}@/postgres`)).toMatchObject({
          who: 'odd',
        });
      }
      vi.stubEnv('PGHOST', 'no-such-host.invalid');
      expect((await refusal(hostless)).message).toContain('no-such-host.invalid');
      expect(await whoAmI(odd(encodeURIComponent(PASSWORD)))).toMatchObject({ who: 'odd' });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test.each([
    ['closes', (socket: Socket) => void socket.end()],
    ['resets', (socket: Socket) => void socket.resetAndDestroy()],
    ['closes after the first word', (socket: Socket) => void socket.once('data', () => socket.end())],
  ])('a balancer without a server behind it, which %s, is a server that cannot be reached', async (_, answer) => {
    let connections = 0;
    const balancer = createServer((socket) => {
      connections += 1;
      answer(socket.on('error', () => {}));
    });
    await once(balancer.listen(0, '127.0.0.1'), 'listening');
    const address = balancer.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    expect(await refusal(Object.assign(new URL(server.url), { port }).href)).toBeInstanceOf(errors.ServerUnreachable);
    expect(connections).toBe(1);
    balancer.close();
  });

  test('a URL that cannot be meant is refused before anything is opened, and is not quoted', () => {
    for (const url of [
      'mysql://a:secret@h/d',
      'postgresql://a:secret@h:port/d',
      'secret',
      `${server.url}?sslmode=often`,
    ])
      expect(() => openDb(url)).toThrow(expect.objectContaining({ code: 'DB_CLIENT_URL_INVALID' }));
    expect(() => openDb(`${server.url}?sslmode=verify-full&sslrootcert=/no/such/file`)).toThrow('ENOENT');
    expect(() => openDb(`${server.url}?target_session_attrs=standby`)).toThrow('replicas');
    expect(() => openDb('postgresql://a:secret@h:port/d')).not.toThrow('secret');
  });

  test('without TLS on the server, require is refused and prefer goes on', async () => {
    expect(await whoAmI(`${server.url}?sslmode=prefer`)).toMatchObject({ ssl: false });
    const failure = await refusal(`${server.url}?sslmode=require`);
    expect(failure).toBeInstanceOf(errors.TlsRefused);
    expect(failure.message).toBe('the server has no TLS, and sslmode=require requires it');
  });

  test.skipIf(!hasOpenssl)(
    'TLS by every sslmode: by address and by name, with the right and a wrong authority',
    async () => {
      makeCertificates(folder, 'IP:127.0.0.1');
      const { uid, gid } = await stat(server.dataDirectory ?? '');
      for (const file of ['server.key', 'server.crt']) await chown(join(folder, file), uid, gid);
      await chmod(join(folder, 'server.key'), 0o600);
      await sql.unsafe(`ALTER SYSTEM SET ssl_cert_file = '${folder}/server.crt'`);
      await sql.unsafe(`ALTER SYSTEM SET ssl_key_file = '${folder}/server.key'`);
      await sql.unsafe('ALTER SYSTEM SET ssl = on');
      await sql`SELECT pg_reload_conf()`;
      await expect.poll(async () => (await whoAmI(`${server.url}?sslmode=prefer`))?.ssl).toBe(true);
      const by = (host: string, params: string) =>
        `${Object.assign(new URL(server.url), { hostname: host }).href}?${params}`;
      const trusted = `sslrootcert=${folder}/ca.crt`;
      for (const mode of ['require', `verify-ca&${trusted}`, `verify-full&${trusted}`])
        expect(await whoAmI(by('127.0.0.1', `sslmode=${mode}`))).toMatchObject({ ssl: true });
      expect(await whoAmI(by('localhost', `sslmode=verify-ca&${trusted}`))).toMatchObject({ ssl: true });
      for (const url of [
        by('localhost', `sslmode=verify-full&${trusted}`),
        by('127.0.0.1', `sslmode=verify-ca&sslrootcert=${folder}/stranger.crt`),
        by('127.0.0.1', `sslmode=verify-full&sslrootcert=${folder}/stranger.crt`),
        by('127.0.0.1', 'sslmode=verify-full'),
      ])
        expect(await refusal(url)).toBeInstanceOf(errors.TlsRefused);
      // What migrates reads the same URL.
      for (const mode of ['require', `require&${trusted}`, `verify-ca&${trusted}`, `verify-full&${trusted}`]) {
        const there = by('127.0.0.1', `sslmode=${mode}`);
        await expect(waitForSchema({ url: there, domain: 'bot', timeoutMs: 0 })).rejects.toMatchObject({
          code: 'DB_PENDING',
        });
        expect(await driftDomain(bot, parseTarget(there, 'test'))).toMatchObject({ state: 'compared' });
      }
      for (const [host, params] of [
        ['localhost', `sslmode=verify-full&${trusted}`],
        ['127.0.0.1', `sslmode=require&sslrootcert=${folder}/stranger.crt`],
        ['127.0.0.1', `sslmode=verify-full&sslrootcert=${folder}/stranger.crt`],
      ] as const)
        await expect(driftDomain(bot, parseTarget(by(host, params), 'test'))).rejects.toMatchObject({ code: 'DB_TLS' });
      expect(() =>
        parseTarget(by('127.0.0.1', 'sslmode=verify-full&sslrootcert=/no/such/file'), 'DATABASE_URL'),
      ).toThrow('DATABASE_URL has sslrootcert=/no/such/file, which cannot be read (ENOENT)');
      const stop = AbortSignal.timeout(300);
      await using db = openDb(by('127.0.0.1', `sslmode=verify-full&${trusted}`));
      expect(await failureOf(db.query('SELECT pg_sleep(30)', [], { signal: stop }))).toBeInstanceOf(
        errors.QueryCanceled,
      );
    },
  );

  test.skipIf(!hasPgbouncer)(
    'through a pooler in session mode: what needs a session is refused by name, the rest works',
    async () => {
      await using bouncer = await startPgbouncer(server.url, 'session');
      await using db = openDb(bouncer.url);
      expect(await db.transaction((tx) => tx.query('SELECT 1 AS one'))).toMatchObject({ rows: [{ one: 1 }] });
      expect(await db.health()).toMatchObject({ ok: true, connection: 'pooler' });
      expect(await failureOf(db.getClient())).toMatchObject({ code: 'DB_CLIENT_POOLER' });
      await using past = openDb(bouncer.url, { directUrl: server.url });
      const heard: string[] = [];
      await using _ = await past.listen('pooled', (payload) => heard.push(payload));
      await past.notify('pooled', 'up');
      await expect.poll(() => heard).toEqual(['up']);
    },
  );
});
