import { beforeAll, expect, test } from 'vitest';
import { loadGrammar } from '../sql/parse.ts';
import { lossesOfFile } from './losses-of-file.ts';

beforeAll(loadGrammar);

/** The catalogs before and after, each a table with columns; as they are printed. */
const proofOf = (...catalogs: readonly (readonly string[])[]) => ({
  states: catalogs.map((objects) => ({ catalog: new Map(objects.map((name) => [name, ''])) })),
  up: { goneTables: [], goneColumns: [], counts: [], changed: [] },
  back: null,
});
const table = (name: string, column: string) => [`table ${name}`, `column ${name}.${column}`];

test.each([
  ['ALTER TABLE shop.orders RENAME COLUMN note TO remark', 'shop.orders', 'note', 'shop.orders', 'remark'],
  [
    'ALTER TABLE shop."order lines.v2" RENAME "unit price" TO "Eu.ro"',
    'shop."order lines.v2"',
    '"unit price"',
    'shop."order lines.v2"',
    '"Eu.ro"',
  ],
  ['ALTER TABLE shop."order lines.v2" RENAME TO lines', 'shop."order lines.v2"', '"select"', 'shop.lines', '"select"'],
  ['ALTER TABLE shop.lines SET SCHEMA "Old.One"', 'shop.lines', 'a', '"Old.One".lines', 'a'],
])('nothing is lost by a rename, whatever the names: %s', (statement, from, column, to, later) => {
  const proof = proofOf(table(from, column), table(to, later));
  expect(lossesOfFile({ statements: [statement] }, proof, 0).up.gone).toEqual([]);
  expect(lossesOfFile({ statements: [] }, proof, 0).up.gone).toHaveLength(1);
});

test('nor is a value of an enum that is renamed', () => {
  const proof = proofOf([], []);
  const type = (...values: readonly string[]) => ({ catalog: new Map([['type shop."State"', values.join(', ')]]) });
  const states = [type("'a'", "'b'"), type("'a'", "'it''s'")];
  const losses = (...statements: readonly string[]) => {
    const { back, up } = lossesOfFile({ statements }, { ...proof, states }, 0);
    return [back, up].map(({ enumValues }) => enumValues);
  };
  expect(losses(`ALTER TYPE shop."State" RENAME VALUE 'b' TO 'it''s'`)).toEqual([[], []]);
  expect(losses()).toEqual([[`'it''s' of shop."State"`], [`'b' of shop."State"`]]);
});
