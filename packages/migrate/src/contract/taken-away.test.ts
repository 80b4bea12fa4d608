import { beforeAll, expect, test } from 'vitest';
import { loadGrammar, parseSql } from '../sql/parse.ts';
import { describeTaken, takenAway } from './taken-away.ts';

beforeAll(loadGrammar);

test.each([
  ['DROP TABLE orders, shop.old', ['shop.orders', 'shop.old']],
  ['DROP MATERIALIZED VIEW shop.totals', ['shop.totals']],
  ['ALTER TABLE shop.orders DROP COLUMN note, ADD COLUMN remark text', ['shop.orders.note']],
  ['ALTER TABLE shop.orders RENAME COLUMN note TO remark', ['shop.orders.note']],
  ['ALTER VIEW shop.totals RENAME TO sums', ['shop.totals']],
  ['ALTER TABLE shop.orders SET SCHEMA archive', ['shop.orders']],
  ['ALTER FUNCTION shop.total() SET SCHEMA archive', []],
  ['DROP INDEX shop.idx_orders_note', []],
])('%s takes away %j', (sql, names) => {
  const parsed = parseSql(sql);
  expect(takenAway(parsed.ok ? parsed.statements : [], 'shop').map(describeTaken)).toEqual(names);
});
