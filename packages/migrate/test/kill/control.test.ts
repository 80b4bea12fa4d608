import { testServers } from '@repo/local-postgres/vitest';
import { beforeAll, describe, expect, test } from 'vitest';
import { emptyDatabase } from '../support/database.ts';
import { createProject, type Project } from '../support/project.ts';
import { BACKFILLS, HISTORY } from './history.ts';
import { momentOf } from './moments.ts';
import type { MessageCut } from './plan-cuts.ts';
import { survive } from './survive.ts';
import { runUndisturbed } from './undisturbed.ts';

let project: Project;
beforeAll(async () => {
  project = await createProject(HISTORY, BACKFILLS);
  return () => project[Symbol.asyncDispose]();
});

/** Just before the server is asked for the n-th statement that runs outside of a transaction. */
const beforeStatement = (nth: number): MessageCut => ({
  of: 'message',
  kind: 'connection closed',
  server: 0,
  moment: 'statement outside of a transaction',
  point: 'before the request',
  nth,
  again: null,
});

describe.each(testServers())(
  'control: without the step journal the kill test fails, PostgreSQL $version',
  ({ url }) => {
    test.each([1, 4])('cut before concurrent statement %i', async (nth) => {
      const { end, trace } = await runUndisturbed(project, url);
      expect(
        trace.filter((message) => momentOf(message) === 'statement outside of a transaction').length,
      ).toBeGreaterThan(nth);
      await using db = await emptyDatabase(url);
      const scene = { project, kind: 'connection closed' as const, server: undefined, url: () => db.url };
      // With it, the same cut is survived.
      await survive(beforeStatement(nth), scene, end);
      await using other = await emptyDatabase(url);
      const forgetful = survive(beforeStatement(nth), { ...scene, url: () => other.url }, end, async () => {
        await other.sql`DELETE FROM migrations.steps`;
      });
      await expect(forgetful).rejects.toThrow();
      expect(await other.sql`SELECT count(*)::int AS times FROM shop.notes WHERE said = 'first step'`).toEqual([
        { times: 2 },
      ]);
    });
  },
);
