import { beforeAll, expect, test } from 'vitest';
import { loadGrammar } from '../sql/parse.ts';
import { sameRule } from './same-rule.ts';

beforeAll(loadGrammar);

test.each([
  ['CHECK ((total >= 0))', 'CHECK ((total >= (0)::numeric))'],
  ['CHECK (((total)::numeric >= 0.5))', 'CHECK ((total >= 0.5))'],
  ["CHECK ((total > '-1'::integer))", "CHECK ((total > ('-1'::integer)::numeric))"],
  ['CHECK ((ratio < 1))', 'CHECK ((ratio < (1)::double precision))'],
  ["CHECK (((state)::text = 'a'::text))", "CHECK ((state = 'a'::text))"],
])('a rule over a column of a wider type is the same rule: %s, %s', (left, right) =>
  expect(sameRule(left, right)).toBe(true),
);

test.each([
  ['CHECK ((total >= 0))', 'CHECK ((total >= (1)::numeric))'],
  ['CHECK ((total > 0))', 'CHECK (((total)::integer > 0))'],
  ["CHECK ((note <> '::numeric'::text))", "CHECK ((note <> ''::text))"],
])('another number, a narrower one, or another text is another rule: %s, %s', (left, right) =>
  expect(sameRule(left, right)).toBe(false),
);
