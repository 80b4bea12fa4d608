import { expect, test } from 'vitest';
import { defaultsBehindTypes } from './defaults-behind-types.ts';

const column = 'ALTER TABLE "shop"."orders" ALTER COLUMN "state"';

test.each([
  [
    'of a type that is made, and of the column that is changed to it, once',
    [
      `${column} DROP DEFAULT`,
      `${column} SET DEFAULT 'a'::shop.state`,
      `${column} SET DEFAULT 'a'::shop.state`,
      `CREATE TYPE "shop"."state" AS ENUM ('a')`,
      `${column} TYPE shop.state USING "state"::shop.state`,
    ],
    [0, 3, 4, 1],
  ],
  [
    'of a value that is added to a type with a name in quotes',
    [`${column} SET DEFAULT 'b'::shop."State"`, 'ANALYZE', `ALTER TYPE "shop"."State" ADD VALUE 'b'`],
    [1, 2, 0],
  ],
  [
    'and of other types where it was: what it was before may go next',
    [`${column} SET DEFAULT 1`, 'DROP FUNCTION "shop"."next"()', `CREATE TYPE "shop"."mood" AS ENUM ('a')`],
    [0, 1, 2],
  ],
])('a default comes behind what it needs: %s', (_, statements, order) => {
  const sorted = defaultsBehindTypes(statements.map((sql) => ({ sql })));
  expect(sorted.map(({ sql }) => sql)).toEqual(order.map((at) => statements[at]));
});
