import { expect, test } from 'vitest';
import { migrators } from './migrators.ts';

test('migrators have names of their own', () => {
  expect(new Set(migrators.map(({ name }) => name)).size).toBe(migrators.length);
});
