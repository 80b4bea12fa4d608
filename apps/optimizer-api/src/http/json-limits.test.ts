import { expect, test } from 'vitest';
import { isWithin } from './json-limits.ts';

test.each<[text: string, depth: number]>([
  ['1', 0],
  ['[]', 1],
  ['[{"a":[]}]', 3],
  ['[[],[],[],[]]', 2],
  // brackets of strings are text, also behind quotes and backslashes of theirs
  ['"[[[["', 0],
  ['["\\"[[[", "\\\\", "]]]]"]', 1],
  ['["\\\\", [[]]]', 3],
])('%s is %d deep', (text, depth) => {
  expect(isWithin(text, { depthMax: depth, fieldsMax: 10 })).toBe(true);
  expect(isWithin(text, { depthMax: depth - 1, fieldsMax: 10 })).toBe(false);
});

test.each<[text: string, fields: number]>([
  ['[]', 0],
  ['{"a":1}', 1],
  ['{"a:":":","b\\":":{"c" : 1}}', 3],
])('%s has %d fields', (text, fields) => {
  expect(isWithin(text, { depthMax: 10, fieldsMax: fields })).toBe(true);
  expect(isWithin(text, { depthMax: 10, fieldsMax: fields - 1 })).toBe(false);
});
