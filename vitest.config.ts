import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Every package's tests in one run, so that `npm test` ends with one summary. */
export default defineConfig({
  test: {
    // Of two processors vitest would leave one to itself.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: ['packages/*', '!packages/*.md', 'apps/*'],
    reporters: ['default', './packages/dev/src/test/plain-summary.ts'],
  },
});
