import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { readEnvironment } from '../src/env.ts';

test('in CI the pooler tests run, unless `.ci/run` has said loudly that they are skipped', () => {
  const { CI, POOLER_TESTS } = readEnvironment();
  const maySkip = CI !== 'true' || POOLER_TESTS === 'skipped';
  expect(maySkip || spawnSync('pgbouncer', ['--version']).status === 0).toBe(true);
});
