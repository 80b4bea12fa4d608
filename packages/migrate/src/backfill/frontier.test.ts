import { expect, test } from 'vitest';
import { createFrontier } from './frontier.ts';

/** Ranges of ten over the keys 1 to 40. */
const tens = async (lower: string | null) => {
  const from = Number(lower ?? 0);
  return from >= 40 ? null : { lower, upper: String(from + 10), keys: 10 };
};

async function claimThree() {
  const frontier = createFrontier(null, tens);
  const [first, second, third] = await Promise.all([frontier.claim(), frontier.claim(), frontier.claim()]);
  if (first == null || second == null || third == null) throw new Error('expected three ranges');
  return { frontier, first, second, third };
}

test('ranges are dealt out once, in key order and without a gap, whoever asks at the same time', async () => {
  const frontier = createFrontier('10', tens);
  const claimed = await Promise.all(Array.from({ length: 5 }, () => frontier.claim()));
  expect(claimed.map((range) => range && [range.lower, range.upper])).toEqual([
    ['10', '20'],
    ['20', '30'],
    ['30', '40'],
    null,
    null,
  ]);
});

test('the cursor never passes a range that is not committed', async () => {
  const { frontier, first, second, third } = await claimThree();
  expect(frontier.cursorAfter(third)).toBe(null);
  frontier.settle(third);
  expect(frontier.cursorAfter(second)).toBe(null);
  expect(frontier.cursorAfter(first)).toBe('10');
  frontier.settle(first);
  // With the second one, all three are committed.
  expect(frontier.cursorAfter(second)).toBe('30');
});

test('the cursor moves inside of a range that was split', async () => {
  const { frontier, first } = await claimThree();
  const parts = [
    { lower: null, upper: '5', keys: 5 },
    { lower: '5', upper: '10', keys: 5 },
  ] as const;
  frontier.split(first, parts);
  expect(frontier.cursorAfter(parts[1])).toBe(null);
  expect(frontier.cursorAfter(parts[0])).toBe('5');
  frontier.settle(parts[0]);
  expect(frontier.cursorAfter(parts[1])).toBe('10');
});

test('a look-up that fails is told to whoever claims the range', async () => {
  const frontier = createFrontier(null, async (lower) => {
    if (lower === null) return await tens(lower);
    throw new Error('lost');
  });
  await frontier.claim();
  await expect(frontier.claim()).rejects.toThrow('lost');
});
