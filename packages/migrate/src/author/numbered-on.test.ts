import { beforeAll, expect, test } from 'vitest';
import { loadGrammar } from '../sql/parse.ts';
import { numberedOn } from './numbered-on.ts';

beforeAll(loadGrammar);

test('a column that gets an identity or a sequence goes on behind its rows, whatever its name is', () => {
  const identity = `ALTER TABLE "shop"."Or.ders" ALTER COLUMN "the ""id" ADD GENERATED ALWAYS AS IDENTITY`;
  const owned = 'ALTER SEQUENCE "shop"."s" OWNED BY "shop"."Or.ders"."n"';
  const table = `'"shop"."Or.ders"'`;
  expect(numberedOn([identity, owned])).toEqual([
    identity,
    `SELECT setval(pg_get_serial_sequence(${table}, 'the "id'), greatest(max("the ""id") + 1, nextval(pg_get_serial_sequence(${table}, 'the "id'))), false) FROM "shop"."Or.ders"`,
    owned,
    `SELECT setval(pg_get_serial_sequence(${table}, 'n'), greatest(max("n") + 1, nextval(pg_get_serial_sequence(${table}, 'n'))), false) FROM "shop"."Or.ders"`,
  ]);
});

test('what numbers nothing stays as it is', () => {
  const others = [
    'ALTER SEQUENCE shop.s OWNED BY NONE',
    'ALTER SEQUENCE shop.s INCREMENT BY 2',
    'ALTER TABLE shop.t ALTER COLUMN a SET NOT NULL',
    'CREATE TABLE shop.t (id integer GENERATED ALWAYS AS IDENTITY)',
  ];
  expect(numberedOn(others)).toEqual(others);
});
