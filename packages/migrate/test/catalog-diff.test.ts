import { testServers } from '@repo/local-postgres/vitest';
import { describe, expect, test } from 'vitest';
import { CATALOG_CASES } from './corpus/cases.ts';
import { leadCases } from './corpus/lead.ts';

/* The corpus that an upgrade of the diff library must pass. */
describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test.each(['before → after', 'after → before'] as const)(
    `the diff leads each of ${CATALOG_CASES.length} cases ${'%s'} and then finds nothing left`,
    async (direction) => {
      expect(Object.fromEntries(await leadCases(server, direction))).toEqual({});
    },
  );
});
