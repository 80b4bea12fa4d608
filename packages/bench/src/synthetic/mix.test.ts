import { expect, test } from 'vitest';
import { mixedMigrations, named, tablesOf } from './mix.ts';

test('names are unique, sort in the order of the history, and are equal for equal counts', () => {
  const names = mixedMigrations(500).map(({ name }) => name);
  expect(new Set(names).size).toBe(500);
  expect([...names].sort()).toEqual(names);
  expect(mixedMigrations(500)).toEqual(mixedMigrations(500));
  for (const name of names) expect(name).toMatch(/^\d{14}_[a-z]+$/);
});

test('every five migrations make one table, and the first alone makes the schema', () => {
  const statements = mixedMigrations(12).flatMap((migration) => migration.statements);
  expect(statements.filter((text) => text.startsWith('CREATE TABLE'))).toHaveLength(tablesOf(12));
  expect(statements.filter((text) => text.startsWith('CREATE SCHEMA'))).toEqual(['CREATE SCHEMA bench']);
});

test('the time in a name is a time that exists', () => {
  expect(named(61, 'x', []).name).toBe('20260101010100_x');
});
