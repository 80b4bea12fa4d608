import { defineConfig } from 'vitest/config';

/** Every package's tests in one run, so that `npm test` ends with one summary. */
export default defineConfig({
  test: {
    projects: ['packages/*', '!packages/*.md', 'apps/*'],
    reporters: ['default', './packages/dev/src/test/plain-summary.ts'],
  },
});
