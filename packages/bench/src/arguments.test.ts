import { expect, test } from 'vitest';
import { parseArguments } from './arguments.ts';

const parse = (...argv: string[]) => parseArguments(argv, ['P1', 'P12']);

test('no row means every row, and there are more than five repetitions', () => {
  expect(parse()).toMatchObject({ ok: true, value: { rows: [], json: false, list: false, write: false } });
  expect(parse()).toMatchObject({ value: { repetitions: 9 } });
});

test('rows are taken in either case, beside the flags', () => {
  expect(parse('p12', '--reps', '7', '--json', '--write')).toMatchObject({
    ok: true,
    value: { rows: ['P12'], repetitions: 7, json: true, write: true },
  });
});

test.each(['4', '0', '5.5', 'many', ''])('--reps %j is refused: too few or no number', (reps) => {
  expect(parse('--reps', reps)).toMatchObject({ ok: false, why: expect.stringContaining('at least 5') });
});

test('an unknown row or option is refused by name', () => {
  expect(parse('P99')).toEqual({ ok: false, why: 'expected a row of P1, P12, got P99' });
  expect(parse('--fast')).toMatchObject({ ok: false, why: expect.stringContaining('--fast') });
});
