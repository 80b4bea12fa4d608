import { describe, expect, test } from 'vitest';
import { migrationFile } from '../files/migration-file.ts';
import { replacesLine } from '../files/replaces.ts';
import { type AppliedMigration, planMigrations } from './plan.ts';
import { refusal } from './refusal.ts';

const A = '20260101000000_a';
const B = '20260102000000_b';
const BASE = '20260102000000_baseline';
const C = '20260103000000_c';

const file = (name: string, sql = `SELECT '${name}'`) =>
  migrationFile({ name, path: `${name}/migration.sql`, sql, down: null });
const part = (name: string, within: string | null = null) => ({ name, checksum: file(name).checksum, within });
const baseline = (name: string, ...parts: readonly ReturnType<typeof part>[]) =>
  file(name, `${parts.map(replacesLine).join('\n')}\n\nSELECT 'base';\n`);
const row = (name: string, checksum = file(name).checksum): AppliedMigration => ({
  ...{ name, checksum, appliedAt: new Date(0), appliedBy: 'test', appVersion: null, durationMs: null, late: false },
});
const plan = (files: ReturnType<typeof file>[], applied: AppliedMigration[], halfDone: string[] = []) =>
  planMigrations(files, { applied, halfDone: new Set(halfDone) });
const states = (...given: Parameters<typeof plan>) =>
  Object.fromEntries(plan(...given).migrations.map(({ name, state }) => [name, state]));
const refused = (...given: Parameters<typeof plan>) => refusal(plan(...given), () => new Set());

const files = [baseline(BASE, part(A), part(B)), file(C)];

describe('a baseline', () => {
  test('runs in an empty database', () => {
    expect(states(files, [])).toEqual({ [BASE]: 'pending', [C]: 'pending' });
  });
  test('counts as applied where all that it replaces is, and only the rest is pending', () => {
    expect(states(files, [row(A), row(B)])).toEqual({
      ...{ [A]: 'replaced', [B]: 'replaced', [BASE]: 'applied', [C]: 'pending' },
    });
    expect(refused(files, [row(A), row(B)])).toBeNull();
  });
  test('is refused where a part is missing, with the way out', () => {
    expect(states(files, [row(A)])).toMatchObject({ [BASE]: 'half replaced' });
    const error = refused(files, [row(A)]);
    expect(error?.code).toBe('DB_BASELINE');
    expect(error?.facts.why).toContain(`not applied: ${B}`);
    expect(error?.fix).toContain('a build from before the squash');
  });
  test('is refused where a part was applied with another text, or is half done', () => {
    expect(refused(files, [row(A), row(B, 'f'.repeat(64))])?.facts.why).toContain(`with another text: ${B}`);
    expect(states(files, [row(A)], [B])).toMatchObject({ [BASE]: 'half replaced' });
    expect(states(files, [], [A])).toMatchObject({ [BASE]: 'half replaced' });
  });
  test('that ran itself is a migration like every other', () => {
    expect(states(files, [row(BASE, files[0]?.checksum)])).toEqual({ [BASE]: 'applied', [C]: 'pending' });
    expect(states(files, [row(BASE, 'f'.repeat(64))])).toMatchObject({ [BASE]: 'edited' });
  });
});

describe('a baseline of a baseline', () => {
  const first = baseline(BASE, part(A), part(B));
  const second = '20260103000000_baseline';
  const parts = [{ name: BASE, checksum: first.checksum, within: null }, part(A, BASE), part(B, BASE), part(C)];
  const again = [baseline(second, ...parts)];
  const ran = row(BASE, first.checksum);
  test('counts as applied for those that ran the first one, and for those that ran what that stood for', () => {
    expect(states(again, [ran, row(C)])).toMatchObject({ [second]: 'applied' });
    expect(states(again, [row(A), row(B), row(C)])).toMatchObject({ [second]: 'applied' });
  });
  test('names what is missing of either', () => {
    expect(refused(again, [ran])?.facts.data).toMatchObject({ missing: [C] });
    expect(refused(again, [row(A), row(C)])?.facts.data).toMatchObject({ missing: [B] });
    expect(refused(again, [row(C)])?.facts.data).toMatchObject({ missing: [BASE] });
  });
});
