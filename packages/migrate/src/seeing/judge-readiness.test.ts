import { expect, test } from 'vitest';
import { migrationFile } from '../files/migration-file.ts';
import { planMigrations } from '../plan/plan.ts';
import { judgeReadiness } from './judge-readiness.ts';

const file = (name: string) => migrationFile({ name, path: name, sql: 'SELECT 1', down: null });
const row = (name: string, checksum = file(name).checksum) => ({
  name,
  checksum,
  appliedAt: new Date(0),
  appliedBy: '',
  appVersion: null,
  durationMs: null,
  late: false,
});
const EDITED = row('2_b', 'another text');

/** A build with the migrations 1_a to 3_c on a database with the given history. */
const judge = (applied: readonly ReturnType<typeof row>[], begun: readonly string[] = [], missing: string[] = []) =>
  judgeReadiness({
    plan: planMigrations(['1_a', '2_b', '3_c'].map(file), { applied, halfDone: new Set(begun) }),
    catalog: { state: 'equal', findings: [], notes: [] },
    missing,
    missingRows: [],
    adoption: null,
  });

test.each([
  ['everything applied', judge(['1_a', '2_b', '3_c'].map((name) => row(name))), 'OK'],
  ['one pending', judge(['1_a', '2_b'].map((name) => row(name))), 'DB_PENDING'],
  ['one out of order', judge(['1_a', '3_c'].map((name) => row(name))), 'DB_PENDING'],
  [
    'one half done',
    judge(
      ['1_a', '2_b'].map((name) => row(name)),
      ['3_c'],
    ),
    'DB_PENDING',
  ],
  [
    'one half undone',
    judge(
      ['1_a', '2_b', '3_c'].map((name) => row(name)),
      ['3_c'],
    ),
    'DB_HALF_DONE',
  ],
  [
    'one half done whose file is gone, though newer ones are there',
    judge(
      ['1_a', '2_b', '3_c'].map((name) => row(name)),
      ['2_a'],
    ),
    'DB_HALF_DONE',
  ],
  [
    'one half done that is newer than all of ours: a newer build is at work',
    judge(
      ['1_a', '2_b', '3_c'].map((name) => row(name)),
      ['4_d'],
    ),
    'OK',
  ],
  ['one edited', judge([row('1_a'), EDITED, row('3_c')]), 'DB_MIGRATION_EDITED'],
  ['one edited and a table missing', judge([row('1_a'), EDITED, row('3_c')], [], ['s.t']), 'DB_MIGRATION_EDITED'],
  ['one edited, one half undone, one pending', judge([EDITED, row('3_c')], ['3_c']), 'DB_MIGRATION_EDITED'],
  ['a newer one of another build', judge(['1_a', '2_b', '3_c', '4_d'].map((name) => row(name))), 'OK'],
  ['a late one of a newer build', judge(['1_a', '2_a', '2_b', '3_c'].map((name) => row(name))), 'OK'],
  [
    'a table missing',
    judge(
      ['1_a', '2_b', '3_c'].map((name) => row(name)),
      [],
      ['s.t'],
    ),
    'DB_NOT_READY_SCHEMA',
  ],
])('the code follows from the gravest state: %s', (_, { ready, code }, expected) => {
  expect({ ready, code }).toEqual({ ready: expected === 'OK', code: expected });
});

test('what only a newer build knows is named, whatever its place in the order', () => {
  const { ahead, notes } = judge(['1_a', '2_a', '2_b', '3_c', '4_d'].map((name) => row(name)));
  expect(ahead).toEqual(['2_a', '4_d']);
  expect(notes).toEqual([expect.stringContaining('2_a, 4_d')]);
});
