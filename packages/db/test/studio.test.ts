import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { migratedDatabase, servers } from './support/database.ts';
import { runDb } from './support/run-db.ts';

const root = join(import.meta.dirname, '..');
const CLI = join(root, '../migrate/src/cli/main.js');
const newest = servers().at(-1)?.url ?? '';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test("studio answers with the domain's tables on this machine only, and ends with the command", async () => {
  await using database = await migratedDatabase(newest);
  const port = await freePort();
  const args = [
    '--config',
    join(root, 'db.config.ts'),
    'studio',
    '--domain',
    'video',
    '--port',
    String(port),
    '--url',
    database.url,
  ];
  const studio = spawn(process.execPath, [CLI, ...args], { stdio: 'ignore', detached: true });
  const ask = () =>
    fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"type":"init"}',
    }).then((answer) => answer.text());
  try {
    let answer = '';
    for (let tries = 0; tries < 120 && answer === ''; tries += 1) {
      answer = await ask().catch(() => '');
      if (answer === '') await sleep(250);
    }
    expect(answer).toContain('video_requests');
  } finally {
    // As a terminal does: to all of its processes.
    process.kill(-(studio.pid ?? 0), 'SIGINT');
    await once(studio, 'close');
  }
  await expect(ask()).rejects.toThrow();
}, 60_000);

test('studio is refused on a database that is marked as production', async () => {
  await using database = await migratedDatabase(newest);
  await runDb(['mark', 'production', '--yes'], database.url);
  expect(await runDb(['studio', '--domain', 'video'], database.url)).toMatchObject({
    exit: 4,
    stderr: expect.stringContaining('DB_PRODUCTION'),
  });
});
