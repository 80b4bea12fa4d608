import { expect, test } from 'vitest';
import { measureRow } from './measure.ts';
import { defineRow } from './row.ts';
import { defineVariant, Skipped } from './variant.ts';

interface Log extends AsyncDisposable {
  readonly lines: string[];
}

const step = (name: string, more?: { operations?: number; fails?: boolean }) =>
  defineVariant({
    name,
    about: '',
    operations: more?.operations ?? 1,
    setup: async ({ lines }: Log) => lines,
    prepare: async (lines) => void lines.push(`prepare ${name}`),
    run: async (lines) => {
      lines.push(name);
      if (more?.fails === true) throw new Error(`${name} broke`);
      return { rows: 3 };
    },
    teardown: async (lines) => void lines.push(`close ${name}`),
  });

const absent = defineVariant({
  name: 'absent',
  about: '',
  setup: async (_: Log) => new Skipped('no engine answers'),
  run: async () => undefined,
});

function rowOf(variants: Parameters<typeof defineRow<Log>>[0]['variants'], lines: string[]) {
  return defineRow({
    ...{ id: 'P0', title: '', target: '', ratios: [], bounds: [], variants },
    setup: async () => ({ lines, [Symbol.asyncDispose]: async () => void lines.push('close row') }),
    facts: () => ['a fact'],
    control: step('control'),
  });
}

const runsOnly = (lines: readonly string[]) => lines.filter((line) => !/^(prepare|close) /.test(line)).join(' ');

test('variants are interleaved, each directly after a run of the control', async () => {
  const lines: string[] = [];
  await measureRow(rowOf([step('A'), step('B')], lines), { repetitions: 2, warmUps: 1 });
  expect(runsOnly(lines)).toBe('control A control B control B control A control A control B');
});

test('the warm-up runs and does not count; pairs keep their index', async () => {
  const lines: string[] = [];
  const { series } = await measureRow(rowOf([step('A')], lines), { repetitions: 5, warmUps: 2 });
  expect(lines.filter((line) => line === 'A')).toHaveLength(7);
  expect(series[0]).toMatchObject({ name: 'A', samples: { length: 5 }, controls: { length: 5 } });
});

test('a sample holds the wall time of one operation and the figures that the variant returned', async () => {
  const slow = defineVariant({
    name: 'slow',
    about: '',
    operations: 10,
    setup: async (log: Log) => log,
    run: async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { writerMax: 7 };
    },
  });
  const { series } = await measureRow(rowOf([slow], []), { repetitions: 1, warmUps: 0 });
  const [first] = series;
  const sample = first !== undefined && 'samples' in first ? first.samples[0] : undefined;
  expect(sample).toMatchObject({ writerMax: 7 });
  expect(sample?.['ms']).toBeGreaterThan(4);
  expect(sample?.['ms']).toBeLessThan(50);
});

test('a variant that cannot run here is reported with its reason, in its place, and never sampled', async () => {
  const { series } = await measureRow(rowOf([step('A'), absent, step('B')], []), { repetitions: 1, warmUps: 0 });
  expect(series.map(({ name }) => name)).toEqual(['A', 'absent', 'B']);
  expect(series[1]).toMatchObject({ skipped: 'no engine answers' });
});

test('everything that was opened is closed, newest first, also when a run throws', async () => {
  const lines: string[] = [];
  const broken = rowOf([step('A'), step('B', { fails: true })], lines);
  await expect(measureRow(broken, { repetitions: 1, warmUps: 0 })).rejects.toThrow('B broke');
  expect(lines.slice(-4)).toEqual(['close B', 'close A', 'close control', 'close row']);
});
