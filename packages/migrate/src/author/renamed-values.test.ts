import { expect, test } from 'vitest';
import { renamedValueNotes } from './renamed-values.ts';

const catalog = (...labels: readonly string[]) => new Map([['type shop."State of"', labels.join(', ')]]);

test('of a value that goes while another comes it is said how to rename it, and of nothing else', () => {
  const notes = renamedValueNotes(catalog("'a'", "'it''s of'"), catalog("'a'", "'its'"));
  expect(notes).toMatchObject([
    { fix: expect.stringContaining(`ALTER TYPE shop."State of" RENAME VALUE 'it''s of' TO 'its'`) },
  ]);
  expect(renamedValueNotes(catalog("'a'", "'b'"), catalog("'a'"))).toEqual([]);
  expect(renamedValueNotes(catalog("'a'"), catalog("'a'", "'b'"))).toEqual([]);
  expect(renamedValueNotes(catalog("'a'", "'b'"), catalog("'b'", "'a'"))).toEqual([]);
});
