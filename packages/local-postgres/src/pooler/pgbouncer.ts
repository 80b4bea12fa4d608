import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { freePort } from '../embedded/port.ts';

/** Whether Debian's pgbouncer is installed here; `.ci/run` installs it where it may. */
export const hasPgbouncer = spawnSync('pgbouncer', ['--version']).status === 0;

const NOBODY = 65534;

export interface Pgbouncer extends AsyncDisposable {
  /** The same database, through the pooler. */
  readonly url: string;
}

/** Starts a real pgbouncer before one server. It refuses to run as root, so root starts it as nobody. */
export async function startPgbouncer(serverUrl: string, poolMode: 'transaction' | 'session'): Promise<Pgbouncer> {
  const server = new URL(serverUrl);
  const folder = await mkdtemp(join(tmpdir(), 'pgbouncer-'));
  const port = await freePort();
  await writeFile(join(folder, 'users.txt'), `"${server.username}" "${decodeURIComponent(server.password)}"\n`);
  await writeFile(
    join(folder, 'pgbouncer.ini'),
    `[databases]
* = host=${server.hostname} port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = plain
auth_file = ${join(folder, 'users.txt')}
pool_mode = ${poolMode}
ignore_startup_parameters = extra_float_digits
`,
  );
  const root = process.getuid?.() === 0;
  if (root)
    await Promise.all(
      [folder, join(folder, 'users.txt'), join(folder, 'pgbouncer.ini')].map((path) => chown(path, NOBODY, NOBODY)),
    );
  await chmod(folder, 0o700);
  const child = spawn('pgbouncer', [join(folder, 'pgbouncer.ini')], {
    stdio: 'ignore',
    ...(root ? { uid: NOBODY, gid: NOBODY } : {}),
  });
  const url = Object.assign(new URL(serverUrl), { port: String(port) }).href;
  await answers(url, child);
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await rm(folder, { recursive: true });
    },
  };
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    if (child.exitCode !== null) throw new Error(`pgbouncer ended with ${child.exitCode}`);
    const sql = postgres(url, { max: 1, prepare: false, fetch_types: false, onnotice: () => {} });
    const ready = await sql`SELECT 1`.then(
      () => true,
      () => false,
    );
    await sql.end({ timeout: 1 });
    if (ready) return;
    await sleep(100);
  }
  throw new Error('pgbouncer did not answer within 5 s');
}
