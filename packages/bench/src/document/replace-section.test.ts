import { expect, test } from 'vitest';
import { beginOf, endOf, replaceSection, SectionMissing } from './replace-section.ts';

const page = ['before', beginOf('P1'), 'old', endOf('P1'), 'between', beginOf('P12'), endOf('P12'), 'after'].join('\n');

test('only what lies between the markers of the row changes', () => {
  expect(replaceSection(page, 'P1', ['new', 'lines'])).toBe(page.replace('old', '\nnew\nlines\n'));
});

test('writing twice gives the same page', () => {
  const once = replaceSection(page, 'P12', ['new']);
  expect(replaceSection(once, 'P12', ['new'])).toBe(once);
});

test('a page without the markers is refused, with the lines to add', () => {
  expect(() => replaceSection(page, 'P3', [])).toThrow(SectionMissing);
  expect(() => replaceSection(page, 'P3', [])).toThrow(beginOf('P3'));
});
