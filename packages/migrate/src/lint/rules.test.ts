import { beforeAll, describe, expect, test } from 'vitest';
import { loadGrammar, parseSql, type Statement } from '../sql/parse.ts';
import { FIXTURE } from './fixture.ts';
import { hitsIn } from './lint-files.ts';
import type { Case, LintFile, LintRule } from './rule.ts';
import { RULES } from './rules.ts';

beforeAll(loadGrammar);

const asCase = (one: string | Case): Case => (typeof one === 'string' ? { sql: one } : one);

const parsedTexts = new Map<string, readonly Statement[]>();

function statementsOf(sql: string): readonly Statement[] {
  const known = parsedTexts.get(sql);
  if (known !== undefined) return known;
  const parsed = parseSql(sql);
  if (!parsed.ok) throw new Error(`${parsed.fault.message}\n${parsed.fault.excerpt}`);
  parsedTexts.set(sql, parsed.statements);
  return parsed.statements;
}

function fileOf(
  path: string,
  sql: string,
  { noTransaction, contract, inBatches, runner: named }: Partial<Case>,
): LintFile {
  const runner = named ?? 'engine';
  const facts = {
    noTransaction: noTransaction === true,
    contract: contract === true,
    inBatches: inBatches === true,
    allow: {},
  };
  return { path, statements: statementsOf(sql), ...facts, runner, schema: runner === 'engine' ? 'app' : null };
}

function hits(rule: LintRule, one: Case) {
  const history = [fileOf('1', FIXTURE, {}), fileOf('2', one.given ?? '', {})];
  return hitsIn(history, fileOf('3', one.sql, one), rule);
}

test('every rule has a code of its own, a bad case and a good case', () => {
  expect(RULES.filter(({ bad, good }) => bad.length === 0 || good.length === 0)).toEqual([]);
  expect(new Set(RULES.map(({ code }) => code)).size).toBe(RULES.length);
});

describe.each(RULES.map((rule) => [rule.code, rule] as const))('%s', (_code, rule) => {
  test.each(rule.bad.map((one) => [asCase(one).sql, asCase(one)] as const))('finds %s', (_sql, one) => {
    const found = hits(rule, one);
    expect(found).not.toEqual([]);
    expect(found.map(({ message }) => message).join()).not.toMatch(/undefined|\[object/);
  });

  test.each(rule.good.map((one) => [asCase(one).sql, asCase(one)] as const))('leaves %s alone', (_sql, one) => {
    expect(hits(rule, one).map(({ message }) => message)).toEqual([]);
  });

  test.each(rule.bad.map((one) => [asCase(one).sql, asCase(one)] as const))(
    'has a safe form for %s, which it leaves alone',
    (_sql, one) => {
      for (const { safe } of hits(rule, one)) {
        if (safe === null) continue;
        const migrations = safe.split(/^(?=-- \w+ migration$)/m);
        let given = one.given ?? '';
        for (const migration of migrations) {
          const noTransaction = /no-transaction|outside a transaction/.test(migration)
            ? { noTransaction: true as const }
            : {};
          const { noTransaction: _, ...kept } = one;
          expect(
            hits(rule, { ...kept, ...noTransaction, given, sql: migration }).map(({ message }) => message),
          ).toEqual([]);
          given += `;\n${migration}`;
        }
      }
    },
  );
});
