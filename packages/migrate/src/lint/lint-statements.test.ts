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
  allow: {},
});

test('a draft is looked at with the tables of its history', () => {
  const found = lintStatements(
    [draft('a', 'ALTER TABLE shop.orders ALTER COLUMN note SET NOT NULL')],
    history(),
    'shop',
  );
  expect(found).toMatchObject([{ code: 'LINT_NOT_NULL_SCANS', path: 'a', line: 1 }]);
});
