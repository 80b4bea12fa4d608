import { beforeAll, expect, test } from 'vitest';
import { loadGrammar } from '../sql/parse.ts';
import { normalizeView } from './normalize-view.ts';

beforeAll(loadGrammar);

test.each([
  [
    'one relation',
    'SELECT jobs.id, count(jobs."é x") AS n FROM a.jobs WHERE jobs.id > 1;',
    'SELECT id, count("é x") AS n FROM a.jobs WHERE id > 1;',
  ],
  ['an alias', 'SELECT j.id FROM a.jobs j;', 'SELECT id FROM a.jobs j;'],
  [
    'a join',
    'SELECT j.id FROM a.jobs j JOIN a.items i ON i.job = j.id;',
    'SELECT j.id FROM a.jobs j JOIN a.items i ON i.job = j.id;',
  ],
  [
    'a query inside',
    'SELECT j.id, (SELECT s.x FROM a.s WHERE s.j = j.id) FROM a.jobs j;',
    'SELECT id, (SELECT s.x FROM a.s WHERE s.j = j.id) FROM a.jobs j;',
  ],
])('%s', (_, text, normal) => {
  expect(normalizeView(text)).toBe(normal);
});
