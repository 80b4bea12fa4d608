import { expect, test } from 'vitest';
import { describeQuestions, renameQuestions } from './rename-question.ts';

const column = (table: string, name: string) => ({
  type: 'rename_or_create',
  kind: 'column',
  entity: ['s', table, name],
});
const dropped = (table: string, name: string) => ({ type: 'drop_column', column: { schema: 's', table, name } });

test('candidates are of the same table, and the proposed file takes each of them once', () => {
  const asNew = { status: 'ok', said: '', statements: [dropped('t', 'a'), dropped('t', 'b'), dropped('other', 'c')] };
  const questions = renameQuestions([column('t', 'x'), column('t', 'y'), column('t', 'z')], asNew);
  expect(questions.map(({ candidates }) => candidates.map((entity) => entity.at(-1)))).toEqual([
    ['a', 'b'],
    ['a', 'b'],
    ['a', 'b'],
  ]);
  const [renamed = '', created = ''] = describeQuestions(questions, []).match(/\[\{.*\}\]/g) ?? [];
  expect(JSON.parse(renamed)).toMatchObject([
    { type: 'rename', from: ['s', 't', 'a'], to: ['s', 't', 'x'] },
    { type: 'rename', from: ['s', 't', 'b'], to: ['s', 't', 'y'] },
    { type: 'create', entity: ['s', 't', 'z'] },
  ]);
  expect(JSON.parse(created).map(({ type }: { type: string }) => type)).toEqual(['create', 'create', 'create']);
});

test.each([
  ['foreign key', 'fk', ['s', 't', 'b']],
  ['primary_key', 'pk', ['s', 't', 'b']],
  ['unique', 'unique', ['s', 't', 'b']],
  ['schema', '', ['b']],
])('the former one of a %s is found, and nobody is told of lost data but where there is some', (kind, word, entity) => {
  const [schema, table] = entity.length === 3 ? ['s', 't'] : [];
  const former = { schema, table, name: 'a' };
  const statement = word === '' ? { type: 'drop_schema', ...former } : { type: `drop_${word}`, [word]: former };
  const asNew = { status: 'ok', said: '', statements: [statement] };
  const questions = renameQuestions([{ type: 'rename_or_create', kind, entity }], asNew);
  expect(questions.map(({ candidates }) => candidates)).toEqual([[[...entity.slice(0, -1), 'a']]]);
  expect(describeQuestions(questions, []).includes('with its data')).toBe(kind === 'schema');
});
