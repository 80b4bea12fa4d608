import { beforeAll, expect, test } from 'vitest';
import { loadGrammar } from '../sql/parse.ts';
import { asItWas } from './as-it-was.ts';

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
