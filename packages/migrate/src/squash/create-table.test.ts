import { beforeAll, expect, test } from 'vitest';
import { loadGrammar } from '../sql/parse.ts';
import { asSerial, columnOf, inOrder, putTogether, takeApart } from './create-table.ts';

beforeAll(loadGrammar);

test('commas, brackets and quotes within a column are no ends of it', () => {
  const table = takeApart(
    `CREATE TABLE "s"."t" ("a,(" numeric(10,2) DEFAULT 1, "ü" text DEFAULT 'x,)'::text, b int[] DEFAULT ARRAY[1,2], CONSTRAINT "c" CHECK ((b IS NULL) OR ("a,(" > 0))) PARTITION BY RANGE ("ü")`,
  );
  expect(table?.items).toEqual([
    '"a,(" numeric(10,2) DEFAULT 1',
    `"ü" text DEFAULT 'x,)'::text`,
    'b int[] DEFAULT ARRAY[1,2]',
    'CONSTRAINT "c" CHECK ((b IS NULL) OR ("a,(" > 0))',
  ]);
  expect(table?.tail).toBe('PARTITION BY RANGE ("ü")');
  expect(table?.items.map(columnOf)).toEqual(['a,(', 'ü', 'b', null]);
});

test('columns come in the order that is given, constraints behind them', () => {
  const items = ['"c" int', 'CONSTRAINT x CHECK (true)', '"a" int', '"b" int'];
  expect(inOrder(items, ['a', 'b', 'c'])).toEqual(['"a" int', '"b" int', '"c" int', 'CONSTRAINT x CHECK (true)']);
  expect(putTogether({ head: 'CREATE TABLE t', items: ['"a" int'], tail: '' })).toBe('CREATE TABLE t (\n  "a" int\n)');
});

test('only a column that counts by the sequence of its own name is a serial', () => {
  const usual = `"id" bigint NOT NULL DEFAULT nextval('s.t_id_seq'::regclass)`;
  expect(asSerial(usual, 's', 't')).toEqual({ item: '"id" bigserial', sequence: 's.t_id_seq', type: 'bigint' });
  expect(asSerial(usual, 's', 'u')).toBeNull();
  expect(asSerial(`"id" bigint DEFAULT nextval('s.t_id_seq'::regclass)`, 's', 't')).toBeNull();
});
