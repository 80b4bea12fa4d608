import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { migrationFile } from '../files/migration-file.ts';
import { type AppliedMigration, planMigrations } from './plan.ts';
import { refusal } from './refusal.ts';

const file = (name: string, sql = `SELECT '${name}'`) =>
  migrationFile({ name, path: `${name}/migration.sql`, sql, down: null });
const row = (name: string, checksum = file(name).checksum): AppliedMigration => ({
  name,
  checksum,
  appliedAt: new Date(0),
  appliedBy: 'test',
  appVersion: null,
  durationMs: null,
  late: false,
});
const states = (files: readonly string[], applied: readonly string[], halfDone: readonly string[] = []) =>
  Object.fromEntries(
    planMigrations(
      files.map((name) => file(name)),
      { applied: applied.map((name) => row(name)), halfDone: new Set(halfDone) },
    ).migrations.map(({ name, state }) => [name, state]),
  );

describe('every state has its name', () => {
  test('applied, and pending after it', () => {
    expect(states(['1_a', '2_b'], ['1_a'])).toEqual({ '1_a': 'applied', '2_b': 'pending' });
  });
  test('a file that is older than the newest applied one is out of order, and still to be applied', () => {
    expect(states(['1_a', '2_b', '3_c'], ['1_a', '3_c'])).toMatchObject({ '2_b': 'out of order' });
  });
  test('a begun no-transaction migration is half done', () => {
    expect(states(['1_a'], [], ['1_a'])).toEqual({ '1_a': 'half done' });
  });
  test('a begun one whose file is gone is not forgotten', () => {
    expect(states(['1_a'], ['1_a'], ['2_b'])).toEqual({ '1_a': 'applied', '2_b': 'half done, file missing' });
  });
  test('an applied migration whose file is gone is missing when newer files are there, and unknown when it is the newest', () => {
    expect(states(['2_b'], ['1_a', '2_b', '3_c'])).toEqual({
      '1_a': 'file missing',
      '2_b': 'applied',
      '3_c': 'unknown',
    });
  });
  test('an applied migration with another text is edited', () => {
    const plan = planMigrations([file('1_a')], { applied: [row('1_a', 'other')], halfDone: new Set() });
    expect(plan.migrations[0]?.state).toBe('edited');
  });
  test('migrations of a newer build do not make ours out of order', () => {
    expect(states(['1_a', '2_b'], ['1_a', '3_c'])).toMatchObject({ '2_b': 'pending', '3_c': 'unknown' });
  });
});

test('nothing is ever left out: every file and every history row is in the plan, and every unapplied file is to be applied', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[0-9]{2}_[a-c]$/), { maxLength: 12 });
  fc.assert(
    fc.property(names, names, (files, applied) => {
      const plan = planMigrations(
        files.map((name) => file(name)),
        { applied: applied.map((name) => row(name)), halfDone: new Set() },
      );
      expect(plan.migrations.map(({ name }) => name)).toEqual([...new Set([...files, ...applied])].sort());
      expect(plan.pending.map(({ name }) => name)).toEqual(files.filter((name) => !applied.includes(name)).sort());
    }),
  );
});

describe('what the plan cannot explain is refused', () => {
  const nothing = () => new Set<string>();
  const plan = (files: readonly string[], applied: readonly string[]) =>
    planMigrations(
      files.map((name) => file(name)),
      { applied: applied.map((name) => row(name)), halfDone: new Set() },
    );

  test('a missing file', () =>
    expect(refusal(plan(['2_b'], ['1_a', '2_b']), nothing)?.code).toBe('DB_MIGRATION_MISSING'));
  test('pending files on a database of a newer build', () =>
    expect(refusal(plan(['1_a', '2_b'], ['1_a', '3_c']), nothing)?.code).toBe('DB_MIGRATION_FORKED'));
  test('a database of a newer build with nothing pending is no error', () =>
    expect(refusal(plan(['1_a'], ['1_a', '3_c']), nothing)).toBeNull());
  test('a late file that is disjoint goes through; one that overlaps is a decision, which may be given', () => {
    const late = plan(['1_a', '2_b', '3_c'], ['1_a', '3_c']);
    const touched = (name: string) => new Set(name === '1_a' ? ['shop.other'] : ['shop.orders']);
    expect(refusal(late, (name) => new Set([name]))).toBeNull();
    expect(refusal(late, touched)?.code).toBe('DB_MIGRATION_OVERLAP');
    expect(refusal(late, touched, new Set(['2_b']))).toBeNull();
  });
  test('each overlap has a line, and the advice holds every name', () => {
    const late = plan(['1_a', '2_b', '3_c', '4_d', '5_e'], ['1_a', '4_d', '5_e']);
    const refused = refusal(late, () => new Set(['shop.orders']), new Set());
    expect(refused?.facts.why).toBe(
      '2_b is late and touches what these touch:\n  4_d\n  5_e\n3_c is late and touches what these touch:\n  4_d\n  5_e',
    );
    expect(refused?.fix).toContain('pnpm db migrate --domain <domain> --allow-late 2_b --allow-late 3_c`');
    const half = refusal(late, () => new Set(['shop.orders']), new Set(['3_c']));
    expect(half?.fix).toContain('--allow-late 3_c --allow-late 2_b`');
  });
});
