import { expect, test } from 'vitest';
import { parseArray, serializeArray } from './array-types.ts';

const same = (text: string) => text;

test.each<[text: string, values: unknown[]]>([
  ['{}', []],
  ['{a}', ['a']],
  ['{a,b c,"d,e"}', ['a', 'b c', 'd,e']],
  ['{NULL,"NULL",null,""}', [null, 'NULL', 'null', '']],
  ['{"\\"quoted\\"","back\\\\slash","{brace}"}', ['"quoted"', 'back\\slash', '{brace}']],
  [
    '{{a,NULL},{"}",d}}',
    [
      ['a', null],
      ['}', 'd'],
    ],
  ],
  ['{{{1}},{{2}}}', [[['1']], [['2']]]],
  ['[0:1]={a,b}', ['a', 'b']],
])('%s is read as its values', (text, values) => {
  expect(parseArray(text, same, ',')).toEqual(values);
});

test('elements are read and written as their own type is, with its delimiter', () => {
  expect(parseArray('{1,2}', Number, ',')).toEqual([1, 2]);
  expect(parseArray('{(1,1),(0,0);(3,3),(2,2)}', same, ';')).toEqual(['(1,1),(0,0)', '(3,3),(2,2)']);
  expect(serializeArray([{ a: 1 }], JSON.stringify, ',')).toBe('{"{\\"a\\":1}"}');
});

test.each<[values: unknown[], text: string]>([
  [[], '{}'],
  [['a', null, ''], '{"a",null,""}'],
  [['"', '\\', ',', '{}', 'NULL'], '{"\\"","\\\\",",","{}","NULL"}'],
  [
    [
      [1, 2],
      [3, null],
    ],
    '{{"1","2"},{"3",null}}',
  ],
])('%j is written as %s', (values, text) => {
  expect(serializeArray(values, String, ',')).toBe(text);
});

test('text goes through, and an element that is undefined is refused', () => {
  expect(serializeArray('{a}', String, ',')).toBe('{a}');
  expect(() => serializeArray([undefined], String, ',')).toThrow(TypeError);
});
