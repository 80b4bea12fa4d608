import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { testServers } from '@repo/local-postgres/vitest';
import { expect, onTestFinished, test } from 'vitest';
import { startMain } from './support/run-main.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

function isOpen(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, '127.0.0.1');
  socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}

async function becomes(port: number, open: boolean): Promise<void> {
  for (const end = Date.now() + 50_000; (await isOpen(port)) !== open; await sleep(100))
    if (Date.now() > end) throw new Error(`port ${port} is ${open ? 'not open' : 'open'} yet`);
}

test('Studio, which holds the password, ends with its command; stdout is nothing but the answer', async () => {
  // Below this package, so that it finds drizzle-kit.
  const root = await mkdtemp(join(import.meta.dirname, '.project-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await writeFile(join(root, 'package.json'), '{ "type": "module" }');
  await writeFile(join(root, 'schema.ts'), 'export {};\n');
  await writeFile(
    join(root, 'drizzle.config.ts'),
    "export default { dialect: 'postgresql', schema: './schema.ts', out: './migrations' };\n",
  );
  await writeFile(
    join(root, 'db.config.ts'),
    `export default { domains: [{ name: 'shop', schema: 'shop', migrations: 'migrations', generator: 'drizzle.config.ts',
  load: async () => ({ schema: {}, objects: [], backfills: [], seed: { reference: async () => [], missing: async () => [], demo: async () => [] } }) }] };\n`,
  );
  const port = await freePort();
  const url = testServers().at(-1)?.url ?? '';
  const args = ['studio', '--domain', 'shop', '--url', url, '--port', String(port), '--json'];
  const { child, ended } = startMain(['--config', join(root, 'db.config.ts'), ...args], root);
  await becomes(port, true);
  // Not to the group, as a terminal does: as `docker stop` or a supervisor.
  child.kill('SIGTERM');
  const { exit, stdout } = await ended;
  expect(exit).toBe(130);
  expect(JSON.parse(stdout)).toMatchObject({ command: 'studio', code: 'DB_INTERRUPTED' });
  await becomes(port, false);
});
