import { expect, test } from 'vitest';
import { BESIDE, HAZARDS } from './hazards.ts';
import { RULES } from './rules.ts';

test('each of the 72 hazards has a rule or a reason for none, and at least 55 have a rule', () => {
  expect(HAZARDS).toHaveLength(72);
  const without = HAZARDS.filter(({ number, instead }) => {
    const hasRule = RULES.some(({ hazards }) => hazards.includes(number)) || BESIDE[number]?.includes('LINT_') === true;
    return !hasRule && instead === undefined;
  });
  expect(without).toEqual([]);
  expect(HAZARDS.filter(({ instead }) => instead === undefined).length).toBeGreaterThanOrEqual(55);
});
