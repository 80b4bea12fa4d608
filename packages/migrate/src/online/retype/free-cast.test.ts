import { expect, test } from 'vitest';
import { isFreeCast } from './free-cast.ts';
import { printedType } from './type-name.ts';

const isFree = (from: string, to: string) => isFreeCast(printedType(from), printedType(to));

test.each([
  ['character varying(20)', 'character varying(21)'],
  ['character varying(20)', 'character varying'],
  ['character varying(20)', 'text'],
  ['text', 'character varying'],
  ['numeric(10,2)', 'numeric(12,2)'],
  ['numeric(10,2)', 'numeric'],
  ['timestamp(3) with time zone', 'timestamp(6) with time zone'],
  ['timestamp(3) with time zone', 'timestamp with time zone'],
  ['cidr', 'inet'],
])('%s to %s writes no row', (from, to) => expect(isFree(from, to)).toBe(true));

test.each([
  ['integer', 'bigint'],
  ['character varying(20)', 'character varying(19)'],
  ['text', 'character varying(20)'],
  ['numeric(10,2)', 'numeric(12,3)'],
  ['numeric', 'numeric(12,2)'],
  ['timestamp without time zone', 'timestamp with time zone'],
  ['character(5)', 'text'],
  ['integer', 'integer[]'],
  ['text', 'shop.state'],
])('%s to %s writes every row', (from, to) => expect(isFree(from, to)).toBe(false));
