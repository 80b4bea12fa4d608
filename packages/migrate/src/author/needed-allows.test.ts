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

test('an index of a new table that stands in a later file of the change is no hazard there, and alone it is one', () => {
  const header = { slug: '', noTransaction: false, inBatches: false, contract: false };
  const file = { ...header, afterBackfill: [], allow: {}, down: null };
  const table = { ...file, statements: ['CREATE TABLE shop.lines (id bigint PRIMARY KEY, note text)'] };
  const index = { ...file, statements: ['CREATE INDEX idx_lines_note ON shop.lines (note)'] };
  expect(withNeededAllows([table, index], [], 'shop')[1]?.allow).toHaveProperty('LINT_INDEX_BLOCKS');
  expect(withNeededAllows([index], [], 'shop')[0]?.allow).toEqual({});
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
