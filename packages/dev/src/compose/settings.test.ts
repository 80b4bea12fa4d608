import { expect, test } from 'vitest';
import { parseSettings } from './settings.ts';

test('without any setting it is the development database of the video seed', () => {
  expect(parseSettings({})).toEqual({
    ok: true,
    settings: {
      port: 5432,
      connectionString: 'postgresql://discord_video:dev_password@localhost:5432/discord_video_dev',
    },
  });
});

test('DB_PORT moves the port and the connection string', () => {
  const parsed = parseSettings({ DB_PORT: '5433' });
  expect(parsed.ok && parsed.settings.port).toBe(5433);
  expect(parsed.ok && parsed.settings.connectionString).toContain('@localhost:5433/');
});

test('every fault is named at once', () => {
  const parsed = parseSettings({ DB_PORT: '70000', POSTGRES_PASSWORD: 'a/b', POSTGRES_DB: 'x?y' });
  expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.split(' ')[0])).toEqual([
    'DB_PORT',
    'POSTGRES_PASSWORD',
    'POSTGRES_DB',
  ]);
});

test('a password of your own is never printed', () => {
  const parsed = parseSettings({ POSTGRES_PASSWORD: 'hunter2' });
  expect(JSON.stringify(parsed)).not.toContain('hunter2');
});
