import { expect, test } from 'vitest';
import { conversionOf, parseType } from './conversion.ts';

test.each([
  ['text', 'character varying', 'free'],
  ['character varying(50)', 'character varying(64)', 'free'],
  ['character varying(64)', 'text', 'free'],
  ['numeric(10,6)', 'numeric(12,6)', 'free'],
  ['numeric(10,6)', 'numeric', 'free'],
  ['timestamp(3) with time zone', 'timestamp with time zone', 'free'],
  ['character varying(20)[]', 'text[]', 'free'],
  ['text', 'character varying(10)', 'narrow'],
  ['character varying(64)', 'character varying(50)', 'narrow'],
  ['integer', 'bigint', 'rewrite'],
  ['bigint', 'integer', 'rewrite'],
  ['job_state', 'text', 'rewrite'],
  ['text', 'job_state', 'rewrite'],
  ['character(64)', 'character varying(64)', 'rewrite'],
  ['text', 'uuid', 'rewrite'],
  ['timestamp without time zone', 'timestamp with time zone', 'zone'],
  ['text', 'text[]', 'unknown'],
  ['bytea', 'jsonb', 'unknown'],
])('%s to %s is %s', (from, to, as) => {
  expect(conversionOf('c', from, to, to === 'job_state' ? ['a', 'b'] : []).as).toBe(as);
});

test('what narrows names the rows that stand in its way', () => {
  expect(conversionOf('C', 'bigint', 'integer')).toMatchObject({
    unless: '"C" NOT BETWEEN -2147483648 AND 2147483647',
  });
  expect(conversionOf('C', 'text', 'mood', ["it's"])).toMatchObject({ unless: `"C"::text NOT IN ('it''s')` });
});

test('what widens names none', () => {
  expect(conversionOf('c', 'smallint', 'bigint')).not.toHaveProperty('unless');
  expect(conversionOf('c', 'character(8)', 'character varying(8)')).not.toHaveProperty('unless');
});

test('a modifier in the middle of a type is found', () => {
  expect(parseType('timestamp(3) with time zone[]')).toEqual({
    name: 'timestamp with time zone',
    modifiers: [3],
    array: true,
  });
});
