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
