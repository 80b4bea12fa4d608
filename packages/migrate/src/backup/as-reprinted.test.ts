import { beforeAll, expect, test } from 'vitest';
import { loadGrammar } from '../sql/parse.ts';
import { asReprinted } from './as-reprinted.ts';

beforeAll(loadGrammar);

test('a cast of a whole array is printed as casts of its elements, wherever it stands', () => {
  expect(
    asReprinted("CHECK (((é)::text = ANY ((ARRAY['a, ]'::character varying, f(1, 'b')])::text[]))) -- (ARRAY["),
  ).toBe("CHECK (((é)::text = ANY (ARRAY[('a, ]'::character varying)::text, (f(1, 'b'))::text]))) -- (ARRAY[");
  const twice = "(ARRAY['a'::character varying])::text[] || (ARRAY[(ARRAY[1])::bigint[]])::numeric(9,2)[]";
  expect(asReprinted(twice)).toBe("ARRAY[('a'::character varying)::text] || ARRAY[(ARRAY[(1)::bigint])::numeric(9,2)]");
});

test('what has no such cast stays as it is', () => {
  for (const text of [
    "CHECK ((a = ANY (ARRAY['x'::text])))",
    '(ARRAY[1, 2])',
    "'(ARRAY[1])::text[]'",
    '',
    '(ARRAY[',
    "it's (ARRAY[1])::text[]",
  ])
    expect(asReprinted(text)).toBe(text);
});
