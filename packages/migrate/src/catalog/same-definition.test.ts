import { beforeAll, expect, test } from 'vitest';
import { loadGrammar } from '../sql/parse.ts';
import { sameDefinition } from './same-definition.ts';

beforeAll(loadGrammar);

test.each([
  [
    'a list of words',
    "CHECK (((a)::text = ANY ((ARRAY['x'::character varying, 'é, y'::character varying])::text[])))",
    "CHECK (((a)::text = ANY (ARRAY[('x'::character varying)::text, ('é, y'::character varying)::text])))",
  ],
  [
    'types of several words, with a length, with a schema',
    'default ((ARRAY[a])::character varying(5)[]) + ((ARRAY[f(b, c)])::"Shop".state[])',
    'default (ARRAY[(a)::character varying(5)]) + (ARRAY[(f(b, c))::"Shop".state])',
  ],
  [
    'arrays of arrays',
    '(ARRAY[ARRAY[a, b], ARRAY[c, d]])::text[]',
    'ARRAY[ARRAY[(a)::text, (b)::text], ARRAY[(c)::text, (d)::text]]',
  ],
  ['BETWEEN before AND', '((((a >= 1) AND (a <= 2)) AND b) AND c)', '((a >= 1) AND (a <= 2) AND b AND c)'],
  ['OR in OR', '((a OR b) OR c)', '(a OR b OR c)'],
  ['line breaks of a view', 'SELECT a\n   FROM t\n  WHERE (a > 1);', 'SELECT a FROM t WHERE (a > 1);'],
])('%s: two prints of one definition are the same', (_, left, right) => {
  expect(sameDefinition('view shop.v', left, right)).toBe(true);
});

test.each([
  ['view shop.v', "SELECT 'a  b'", "SELECT 'a b'"],
  ['view shop.v', "(ARRAY['a'])::text[]", "ARRAY[('b')::text]"],
  ['view shop.v', "(ARRAY['a', 'b'])::text[]", "ARRAY[('a')::text]"],
  ['view shop.v', '(ARRAY[a])::text[]', 'ARRAY[(a)::name]'],
  ['view shop.v', '(ARRAY[a])::text', 'ARRAY[(a)::text]'],
  ['view shop.v', 'ARRAY[]::text[]', 'ARRAY[]'],
  ['view shop.v', '((a OR b) AND c)', '(a OR b AND c)'],
  ['view shop.v', '((a AND b) OR c)', '(a AND b OR c)'],
  ['view shop.v', '(( SELECT x FROM t WHERE a AND b) AND c)', '(SELECT x FROM t WHERE a AND b AND c)'],
  ['view shop.v', '(NOT (a AND b) AND c)', '(NOT a AND b AND c)'],
  ['view shop.v', '(f(a AND b) AND c)', '(f a AND b AND c)'],
  ['view shop.v', 'SELECT "A"', 'SELECT "a"'],
  ['function shop.f()', 'AS $$a  b$$', 'AS $$a b$$'],
  ['comment table shop.t', 'two  blanks', 'two blanks'],
  ['comment table shop.t', "it isn't", "it isn't so"],
  ['schema shop', 'a b', 'a  b'],
  ['view shop.v', '(a', '( a'],
])('%s: %s is not %s', (object, left, right) => {
  expect(sameDefinition(object, left, right)).toBe(false);
});
