import { expect, test } from 'vitest';
import type { Measurement } from '../harness/measure.ts';
import type { Bound, Ratio, Row } from '../harness/row.ts';
import { renderRow } from './render.ts';
import { reportRow } from './report.ts';

const samples = (...values: number[]) => values.map((ms) => ({ ms }));

const measurement: Measurement = {
  facts: ['PostgreSQL 18'],
  control: { name: 'connect', about: 'a handshake' },
  series: [
    { name: 'ours', about: 'our way', samples: samples(10, 40, 12), controls: samples(5, 20, 6) },
    { name: 'peer', about: 'their way', samples: samples(20, 80, 24), controls: samples(5, 5, 5) },
    { name: 'docker', about: 'elsewhere', skipped: 'no engine answers' },
  ],
};

const machine = { cores: 2, memoryGib: 24, platform: 'linux x64', node: '24.0.0', loadBefore: 1, loadAfter: 9 };

function report(limits: { ratios?: readonly Ratio[]; differences?: readonly Ratio[]; bounds?: readonly Bound[] }) {
  const row: Row = {
    ...{ id: 'P0', title: 'A row', target: 'fast', ratios: [], bounds: [], ...limits },
    open: () => Promise.reject(new Error('not opened by a report')),
  };
  return reportRow(row, measurement, { date: '2026-11-21', repetitions: 3, warmUps: 1, machine });
}

test('a ratio is the median of the pairs, not the ratio of the medians', () => {
  const [ratio] = report({ ratios: [{ of: 'ours', to: 'peer', limit: { max: 0.5 } }] }).ratios;
  expect(ratio).toMatchObject({ summary: { min: 0.5, median: 0.5, max: 0.5 }, within: 3, verdict: 'met' });
});

test('a difference is the median of the pairs, not the difference of the medians', () => {
  const [difference] = report({ differences: [{ of: 'peer', to: 'ours', limit: { max: 11 } }] }).differences;
  expect(difference).toMatchObject({ summary: { min: 10, median: 12, max: 40 }, within: 1, verdict: 'fallen short' });
});

test('a ratio to the control takes the control beside the same sample', () => {
  const [ratio] = report({ ratios: [{ of: 'ours', to: 'connect' }] }).ratios;
  expect(ratio).toMatchObject({ summary: { min: 2, median: 2, max: 2 }, verdict: 'no limit' });
});

test('the median decides, and how many repetitions kept the limit is said beside it', () => {
  const { bounds } = report({
    bounds: [
      { of: 'ours', limit: { max: 15 } },
      { of: 'peer', limit: { max: 23 } },
    ],
  });
  expect(bounds).toMatchObject([
    { verdict: 'met', within: 2 },
    { verdict: 'fallen short', within: 1 },
  ]);
});

test('a lower limit is kept by larger values', () => {
  const [bound] = report({ bounds: [{ of: 'ours', limit: { min: 13 } }] }).bounds;
  expect(bound).toMatchObject({ verdict: 'fallen short', within: 1 });
});

test('what could not run is neither met nor fallen short', () => {
  const { bounds, ratios } = report({
    bounds: [{ of: 'docker', limit: { max: 50 } }],
    ratios: [{ of: 'ours', to: 'docker', limit: { max: 1 } }],
  });
  expect([...bounds, ...ratios]).toMatchObject([{ verdict: 'not measured' }, { verdict: 'not measured' }]);
});

test('a limit on a variant or figure that does not exist is a mistake of the row', () => {
  expect(() => report({ bounds: [{ of: 'theirs', limit: { max: 1 } }] })).toThrow('no variant "theirs"');
  expect(() => report({ bounds: [{ of: 'ours', figure: 'rows', limit: { max: 1 } }] })).toThrow('no figure "rows"');
});

test('the page says machine, control, verdict and what was not run, and that the machine was busy', () => {
  const page = renderRow(report({ bounds: [{ of: 'peer', limit: { max: 23 } }] })).join('\n');
  expect(page).toContain('Measured 2026-11-21: 3 repetitions after 1 warm-up. Machine: 2 cores, 24 GiB memory');
  expect(page).toContain('other work took part of the cores');
  expect(page).toContain('| **ours**: our way | 12.0 | 11.0–26.0 | 10.0–40.0 | 6.00 (5.00–20.0) |');
  expect(page).toContain('| peer | ≤ 23 | 24.0 | 22.0–52.0 | 1 of 3 | **fallen short** |');
  expect(page).toContain('- **docker**: no engine answers.');
});
