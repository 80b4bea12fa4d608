import { beforeAll, expect, test } from 'vitest';
import { NO_FACTS } from '../online/facts.ts';
import { planOnline } from '../online/plan-online.ts';
import { loadGrammar } from '../sql/parse.ts';
import { withNeededAllows } from './needed-allows.ts';

beforeAll(loadGrammar);

const allowsOf = (...draft: readonly string[]) =>
  withNeededAllows(planOnline(draft, NO_FACTS).files, [], 'shop').map(({ allow }) => Object.keys(allow));

test('a foreign key of a new table that must come behind another step of the change is no hazard there', () => {
  expect(
    allowsOf(
      'CREATE TABLE shop.lines (order_id bigint)',
      'ALTER TABLE shop.orders ADD CONSTRAINT orders_number_key UNIQUE (number)',
      'ALTER TABLE shop.lines ADD CONSTRAINT lines_order FOREIGN KEY (order_id) REFERENCES shop.orders (number)',
    )[2],
  ).toContain('LINT_FOREIGN_KEY_VALIDATES');
});

test('what is a hazard to a table of before is not allowed with it', () => {
  const [, , last] = allowsOf(
    'CREATE TABLE shop.lines (order_id bigint)',
    'ALTER TABLE shop.orders ADD CONSTRAINT orders_number_key UNIQUE (number)',
    'ALTER TABLE shop.lines ADD CONSTRAINT lines_order FOREIGN KEY (order_id) REFERENCES shop.orders (number)',
    'ALTER TABLE shop.orders RENAME COLUMN number TO nr',
  );
  expect(last).toContain('LINT_FOREIGN_KEY_VALIDATES');
  expect(last).not.toContain('LINT_RENAME');
});
