import { beforeAll, expect, test } from 'vitest';
import { loadGrammar } from '../sql/parse.ts';
import { asItWas, constantsOf } from './as-it-was.ts';

beforeAll(loadGrammar);

test.each([
  ["CHECK ((state = 'state'::text))", `CHECK ((("state"::text) = 'state'::text))`],
  ['SELECT o.state, o."state" AS state FROM t o', 'SELECT (o."state"::text), (o."state"::text) AS state FROM t o'],
  ['state(state.x)', 'state(state.x)'],
  ["x::state = 'é'", "x::state = 'é'"],
  ["state = 'a'::public.state", `("state"::text) = 'a'::public.state`],
])('%s', (definition, expected) => {
  expect(asItWas(definition, 'state', '"state"::text')).toBe(expected);
});

test.each([
  [" WHERE (state = 'a'::text)", " WHERE (state = 'a'::mood)"],
  [" WHERE ((state)::text = 'a ::text'::text)", " WHERE ((state) = 'a ::text'::mood)"],
  [
    " WHERE ((state)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying(9)])::text[]))",
    " WHERE ((state) = ANY ((ARRAY['a'::mood, 'b'::mood])))",
  ],
  [" WHERE (state = 'a'::public.state)", " WHERE (state = 'a'::mood)"],
  [" WHERE ((note)::text <> ''::other)", " WHERE ((note)::text <> ''::other)"],
])('the constants of an enum: %s', (definition, expected) => {
  expect(constantsOf(definition, 'state', 'mood', 'public.state')).toBe(expected);
});
