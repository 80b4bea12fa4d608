import { describe, expect, test } from 'vitest';
import { migrationFile } from '../files/migration-file.ts';
import { planMigrations } from '../plan/plan.ts';
import { planMark } from './plan-mark.ts';

const file = (name: string, sql = 'SELECT 1') => migrationFile({ name, path: name, sql, down: null });
const row = (name: string, sql?: string) => ({
  name,
  checksum: file(name, sql).checksum,
  appliedAt: new Date(0),
  appliedBy: 'someone',
  appVersion: null,
  durationMs: null,
  late: false,
});
const plan = (files: readonly string[], applied: readonly string[], halfDone: readonly string[] = []) =>
  planMigrations(
    files.map((name) => file(name)),
    { applied: applied.map((name) => row(name)), halfDone: new Set(halfDone) },
  );

describe('a mark is a row, no row, or the end of a half-done way', () => {
  test.each([
    ['applied', 'pending', plan(['1_a', '2_b'], ['1_a']), 'insert row'],
    ['applied', 'half done', plan(['1_a', '2_b'], ['1_a'], ['2_b']), 'insert row'],
    ['applied', 'half undone', plan(['1_a', '2_b'], ['1_a', '2_b'], ['2_b']), 'steps only'],
    ['applied', 'applied', plan(['1_a', '2_b'], ['1_a', '2_b']), 'nothing'],
    ['pending', 'applied', plan(['1_a', '2_b'], ['1_a', '2_b']), 'delete row'],
    ['pending', 'half done', plan(['1_a', '2_b'], ['1_a'], ['2_b']), 'steps only'],
    ['pending', 'half done, file missing', plan(['1_a'], ['1_a'], ['2_b']), 'steps only'],
    ['pending', 'half undone', plan(['1_a', '2_b'], ['1_a', '2_b'], ['2_b']), 'delete row'],
    ['pending', 'pending', plan(['1_a', '2_b'], ['1_a']), 'nothing'],
    ['pending', 'file missing', plan(['3_c'], ['2_b', '3_c']), 'delete row'],
  ] as const)('as %s what is %s', (as, state, before, act) => {
    const marked = planMark(before, '2_b', as);
    expect([marked.migration.state, marked.act]).toEqual([state, act]);
  });
});

describe('the order of the history is kept', () => {
  test.each([
    ['over an older pending one', plan(['1_a', '2_b'], []), 'applied', /1_a is older and pending/],
    ['under a newer applied one', plan(['2_b', '3_c'], ['2_b', '3_c']), 'pending', /newer and applied: 3_c/],
    ['half done, without its file', plan(['1_a'], ['1_a'], ['2_b']), 'applied', /its file is not there/],
    ['of a newer build', plan(['1_a'], ['1_a', '2_b']), 'pending', /a newer build applied it/],
  ] as const)('%s', (_, before, as, why) => {
    expect(() => planMark(before, '2_b', as)).toThrow(
      expect.objectContaining({ code: 'DB_MARK', message: expect.stringMatching(why) }),
    );
  });

  test('an edited one is for repair, and a name that nobody knows is refused', () => {
    const edited = planMigrations([file('2_b', 'SELECT 2')], { applied: [row('2_b')], halfDone: new Set() });
    expect(() => planMark(edited, '2_b', 'applied')).toThrow(expect.objectContaining({ code: 'DB_MARK' }));
    expect(() => planMark(edited, '9_z', 'applied')).toThrow(expect.objectContaining({ code: 'DB_MIGRATION_UNKNOWN' }));
  });
});
