import { testServers } from '@repo/local-postgres/vitest';
import { beforeAll, describe, expect, test } from 'vitest';
import { databaseFrom } from '../support/database.ts';
import type { Project } from '../support/project.ts';
import { createKillProject, migrating, rollingBack } from './acts.ts';
import { momentOf } from './moments.ts';
import type { MessageCut } from './plan-cuts.ts';
import { survive } from './survive.ts';
import { runUndisturbed } from './undisturbed.ts';

let project: Project;
beforeAll(async () => {
  project = await createKillProject();
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
    test.each([
      { command: 'migrate', actOf: migrating, nth: 1, said: 'first step' },
      { command: 'migrate', actOf: migrating, nth: 4, said: 'first step' },
      { command: 'rollback', actOf: rollingBack, nth: 1, said: 'first step back' },
      { command: 'rollback', actOf: rollingBack, nth: 4, said: 'first step back' },
    ])('db $command, cut before concurrent statement $nth', async ({ actOf, nth, said }) => {
      const act = actOf(project);
      const { end, trace } = await runUndisturbed(act, url);
      expect(
        trace.filter((message) => momentOf(message) === 'statement outside of a transaction').length,
      ).toBeGreaterThan(nth);
      await using db = await databaseFrom(act.before, url);
      const scene = { act, kind: 'connection closed' as const, server: undefined, url: () => db.url };
      // With it, the same cut is survived.
      await survive(beforeStatement(nth), scene, end);
      await using other = await databaseFrom(act.before, url);
      const forgetful = survive(beforeStatement(nth), { ...scene, url: () => other.url }, end, async () => {
        await other.sql`DELETE FROM migrations.steps`;
      });
      await expect(forgetful).rejects.toThrow();
      expect(await other.sql`SELECT count(*)::int AS times FROM shop.notes WHERE said = ${said}`).toEqual([
        { times: 2 },
      ]);
    });
  },
);
