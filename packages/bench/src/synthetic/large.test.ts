import { expect, test } from 'vitest';
import { BETWEEN, FILE_BYTES_MAX, largeMigration } from './large.ts';

test.each([1, 1000])('a large migration of INSERTs of %i rows is just below the limit', (rowsEach) => {
  const bytes = largeMigration(rowsEach).statements.join(BETWEEN).length;
  expect(bytes).toBeLessThan(FILE_BYTES_MAX);
  expect(bytes).toBeGreaterThan(FILE_BYTES_MAX * 0.97);
});
