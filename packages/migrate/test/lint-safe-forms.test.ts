import { testServers } from '@repo/local-postgres/vitest';
import { beforeAll, describe, expect, test } from 'vitest';
import { FIXTURE } from '../src/lint/fixture.ts';
import { hitsIn } from '../src/lint/lint-files.ts';
import type { Case, LintFile } from '../src/lint/rule.ts';
import { RULES } from '../src/lint/rules.ts';
import { loadGrammar, parseSql, type Statement } from '../src/sql/parse.ts';
import { emptyDatabase } from './support/database.ts';

beforeAll(loadGrammar);

const parsedTexts = new Map<string, readonly Statement[]>();

function statementsOf(sql: string): readonly Statement[] {
  const known = parsedTexts.get(sql);
  if (known !== undefined) return known;
  const parsed = parseSql(sql);
  if (!parsed.ok) throw new Error(`${parsed.fault.message}: ${sql}`);
  parsedTexts.set(sql, parsed.statements);
  return parsed.statements;
}

function fileOf(path: string, sql: string, one: Partial<Case>): LintFile {
  const runner = one.runner ?? 'engine';
  const facts = {
    noTransaction: one.noTransaction === true,
    contract: one.contract === true,
    inBatches: one.inBatches === true,
    allow: {},
  };
  return { path, statements: statementsOf(sql), ...facts, runner, schema: runner === 'engine' ? 'app' : null };
}

/** Each safe form that the rules offer for their bad cases, with what was there before. */
function safeForms(): readonly { code: string; given: string; safe: string }[] {
  return RULES.flatMap((rule) =>
    rule.bad.flatMap((bad) => {
      const one: Case = typeof bad === 'string' ? { sql: bad } : bad;
      const history = [fileOf('1', FIXTURE, {}), fileOf('2', one.given ?? '', {})];
      return hitsIn(history, fileOf('3', one.sql, one), rule).flatMap(({ code, safe }) =>
        safe === null ? [] : [{ code, given: one.given ?? '', safe }],
      );
    }),
  );
}

describe.each(testServers())('on PostgreSQL $version', ({ url }) => {
  test('every safe form that a rule offers runs as it is pasted', async () => {
    await using database = await emptyDatabase(url);
    const { sql } = database;
    const forms = safeForms();
    expect(forms.length).toBeGreaterThan(60);
    const failed: string[] = [];
    for (const { code, given, safe } of forms) {
      await sql.unsafe(`DROP SCHEMA IF EXISTS app, shop CASCADE; ${FIXTURE}; ${given}`);
      for (const { text } of statementsOf(safe))
        await sql.unsafe(text).catch((error: Error) => failed.push(`${code}: ${error.message}\n  ${text}`));
    }
    expect(failed).toEqual([]);
  });
});
