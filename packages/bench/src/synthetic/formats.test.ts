import { expect, test } from 'vitest';
import { projectFiles } from './formats.ts';
import { mixedMigrations } from './mix.ts';

const files = projectFiles(mixedMigrations(10));
const inFolder = (folder: string) => files.filter(({ path }) => path.startsWith(`${folder}/`));

test.each(['migrations', 'node-pg-migrate', 'knex', 'kysely', 'graphile-migrate/committed'])(
  '%s holds every migration of the history',
  (folder) => {
    expect(inFolder(folder)).toHaveLength(10);
  },
);

test('the limit, one file for psql, has the same statements as the histories', () => {
  const all = files.find(({ path }) => path === 'all.sql');
  expect(all?.text).toBe(
    inFolder('node-pg-migrate')
      .map(({ text }) => text)
      .join(''),
  );
});

test('each graphile-migrate file names the hash of the one before', () => {
  const texts = inFolder('graphile-migrate').map(({ text }) => text);
  const hashes = texts.map((text) => /^--! Hash: (.*)$/m.exec(text)?.[1]);
  const previous = texts.map((text) => /^--! Previous: (.*)$/m.exec(text)?.[1]);
  expect(previous).toEqual(['-', ...hashes.slice(0, -1)]);
});
