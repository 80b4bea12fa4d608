import { beforeAll, expect, test } from 'vitest';
import { loadGrammar } from '../sql/parse.ts';
import { formerNames } from './former-names.ts';
import { madeInsteadOfRenamed, type SaidRenamed, unusedRename } from './unused-rename.ts';

beforeAll(loadGrammar);

const exported = [
  'CREATE TABLE "shop"."orders" ("id" integer, "name" text, "title" text)',
  'CREATE TABLE "shop"."purchases" ("id" integer)',
];
const table = 'CREATE TABLE "shop"."purchases" (id integer)';
const column = 'ALTER TABLE "shop"."orders" ADD COLUMN "title" text';
const found = (statements: readonly string[], said: SaidRenamed) =>
  unusedRename(madeInsteadOfRenamed(statements, said), exported);

test('a table that an answer calls renamed, and a column that a note calls renamed, are found where they are made anew', () => {
  const hint = { type: 'rename', kind: 'table', from: ['shop', 'orders'], to: ['shop', 'purchases'] } as const;
  expect(found([table], { hints: [hint], notes: [] })).toEqual({ from: hint.from, to: hint.to });
  const notes = formerNames("title: text('title'), // was: name");
  expect(found([column], { hints: [], notes })).toEqual({
    from: ['shop', 'orders', 'name'],
    to: ['shop', 'orders', 'title'],
  });
});

test('what is renamed, what is said to be new, and a note of what went long ago stay', () => {
  const hints = [{ type: 'create', kind: 'table', entity: ['shop', 'purchases'] }] as const;
  const notes = formerNames("title: text('title'), // was: heading");
  const renamed = 'ALTER TABLE "shop"."orders" RENAME COLUMN "name" TO "title"';
  expect(found([table, column, renamed], { hints, notes })).toBeNull();
});
