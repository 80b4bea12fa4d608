import { beforeAll, expect, test } from 'vitest';
import { loadGrammar } from '../sql/parse.ts';
import { nameOnlyRenames } from './name-only.ts';

beforeAll(loadGrammar);

const catalog = (...entries: readonly (readonly [string, string])[]) => new Map(entries);

test('a key that only bears another name is renamed, and its index with it', () => {
  const from = catalog(
    ['constraint shop.orders orders_total_key', 'UNIQUE (sum)'],
    ['index shop.orders_total_key', 'CREATE UNIQUE INDEX orders_total_key ON shop.orders USING btree (sum)'],
  );
  const to = catalog(
    ['constraint shop.orders orders_sum_key', 'UNIQUE (sum)'],
    ['index shop.orders_sum_key', 'CREATE UNIQUE INDEX orders_sum_key ON shop.orders USING btree (sum)'],
  );
  expect(nameOnlyRenames(from, to)).toEqual([
    'ALTER TABLE shop.orders RENAME CONSTRAINT orders_total_key TO orders_sum_key',
  ]);
});

test('a key of a table whose name needs quotes is renamed once, also where a dot stands in it', () => {
  const from = catalog(
    ['constraint shop."New ""tab.le" "Or.ders_pkey"', 'PRIMARY KEY (id)'],
    ['index shop."Or.ders_pkey"', 'CREATE UNIQUE INDEX "Or.ders_pkey" ON shop."New ""tab.le" USING btree (id)'],
  );
  const to = catalog(
    ['constraint shop."New ""tab.le" "New ""tab.le_pkey"', 'PRIMARY KEY (id)'],
    [
      'index shop."New ""tab.le_pkey"',
      'CREATE UNIQUE INDEX "New ""tab.le_pkey" ON shop."New ""tab.le" USING btree (id)',
    ],
  );
  expect(nameOnlyRenames(from, to)).toEqual([
    'ALTER TABLE shop."New ""tab.le" RENAME CONSTRAINT "Or.ders_pkey" TO "New ""tab.le_pkey"',
  ]);
});

test('indexes and sequences that columns own are renamed; what says something else, or stands elsewhere, is not', () => {
  const from = catalog(
    ['index shop."A b"', 'CREATE INDEX "A b" ON shop.orders USING btree (a)'],
    ['index shop.other', 'CREATE INDEX other ON shop.orders USING btree (b)'],
    ['constraint shop.orders k', 'CHECK ((a > 0))'],
    ['sequence shop.orders_id_seq', 'integer start 1 owned by shop.purchases.id'],
    ['sequence shop.numbers', 'integer start 1'],
  );
  const to = catalog(
    ['index shop.c', 'CREATE INDEX c ON shop.orders USING btree (a)'],
    ['index shop.d', 'CREATE INDEX d ON shop.orders USING btree (b DESC)'],
    ['constraint shop.lines l', 'CHECK ((a > 0))'],
    ['sequence shop.purchases_id_seq', 'integer start 1 owned by shop.purchases.id'],
    ['sequence shop.counts', 'integer start 1'],
  );
  expect(nameOnlyRenames(from, to)).toEqual([
    'ALTER INDEX shop."A b" RENAME TO c',
    'ALTER SEQUENCE shop.orders_id_seq RENAME TO purchases_id_seq',
  ]);
});

test('of several that are equal each is renamed once', () => {
  const from = catalog(['constraint shop.t a', 'CHECK ((x > 0))'], ['constraint shop.t b', 'CHECK ((x > 0))']);
  const to = catalog(['constraint shop.t c', 'CHECK ((x > 0))'], ['constraint shop.t b', 'CHECK ((x > 0))']);
  expect(nameOnlyRenames(from, to)).toEqual(['ALTER TABLE shop.t RENAME CONSTRAINT a TO c']);
});
