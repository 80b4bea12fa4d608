import { beforeAll, expect, test } from 'vitest';
import { loadGrammar, parseSql } from '../sql/parse.ts';
import { lintStatements } from './lint-statements.ts';

beforeAll(loadGrammar);

function history() {
  const orders = parseSql('CREATE TABLE shop.orders (id bigint PRIMARY KEY, note text)');
  return [{ path: 'orders', statements: orders.ok ? orders.statements : [] }];
}
const draft = (name: string, ...statements: string[]) => ({
  name,
  statements,
  noTransaction: false,
  inBatches: false,
  contract: false,
});

test('a draft is looked at with the tables of its history', () => {
  const found = lintStatements(
    [draft('a', 'ALTER TABLE shop.orders ALTER COLUMN note SET NOT NULL')],
    history(),
    'shop',
  );
  expect(found).toMatchObject([{ code: 'LINT_NOT_NULL_SCANS', path: 'a', line: 1 }]);
});

test('what an earlier file of the same change makes is new in a later one', () => {
  const table = draft('a', 'CREATE TABLE shop.lines (id bigint PRIMARY KEY, note text)');
  const index = draft('b', 'CREATE INDEX idx_lines_note ON shop.lines (note)');
  expect(lintStatements([table, index], history(), 'shop')).toEqual([]);
  expect(lintStatements([index], history(), 'shop')).toMatchObject([{ code: 'LINT_INDEX_BLOCKS' }]);
});
