import { beforeAll, expect, test } from 'vitest';
import { dropsIn } from './drops.ts';
import { loadGrammar, parseSql } from './parse.ts';

beforeAll(loadGrammar);

test.each([
  ['DROP INDEX shop.one', false],
  ['DROP TRIGGER one ON shop.orders', false],
  ['ALTER TABLE shop.orders DROP CONSTRAINT one', false],
  ['DROP TABLE shop.orders', true],
  ['DROP SCHEMA shop CASCADE', true],
  ['ALTER TABLE shop.orders ADD COLUMN b int,\n  DROP COLUMN a', true],
] as const)('%s is a drop', (sql, losesData) => {
  const parsed = parseSql(`CREATE TABLE shop.other ();\nALTER TABLE shop.other ALTER COLUMN a DROP NOT NULL;\n${sql};`);
  expect(parsed.ok && dropsIn(parsed.statements)).toEqual([{ statement: sql.replaceAll(/\s+/g, ' '), losesData }]);
});
