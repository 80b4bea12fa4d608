import { expect, test } from 'vitest';
import { answerByNote, formerNames } from './former-names.ts';

const question = {
  type: 'rename_or_create',
  kind: 'column',
  entity: ['shop', 'orders', 'withdrawn_at'],
  candidates: [
    ['shop', 'orders', 'note'],
    ['shop', 'orders', 'cancelled_at'],
  ],
};
const renamed = { type: 'rename', kind: 'column', from: ['shop', 'orders', 'cancelled_at'], to: question.entity };

test.each([
  ['beside it', "withdrawnAt: timestamptz('withdrawn_at'), // was: cancelled_at"],
  ['before it', "// was: cancelled_at\nwithdrawnAt: timestamptz('withdrawn_at'),"],
  [
    'in its documentation',
    "/** When it was taken back.\n *  was: cancelled_at\n */\nwithdrawnAt: timestamptz('withdrawn_at'),",
  ],
  ['in one line of documentation', "/** When. was: cancelled_at */\nwithdrawnAt: timestamptz('withdrawn_at'),"],
  ['with a name by its key', 'withdrawnAt: timestamptz(), // was: cancelled_at'],
  ['in SQL style', "withdrawnAt: timestamptz('withdrawn_at'), // -- was: cancelled_at"],
])('a note %s answers that it is a rename', (_, source) => {
  expect(answerByNote(question, formerNames(source))).toEqual(renamed);
});

test.each([
  ['of another column', "total: integer('total'), // was: cancelled_at"],
  ['of a name that did not go', "withdrawnAt: timestamptz('withdrawn_at'), // was: started_at"],
  ['that is code', "const was = 'cancelled_at'; withdrawnAt: timestamptz('withdrawn_at'),"],
])('a note %s answers nothing', (_, source) => {
  expect(answerByNote(question, formerNames(source))).toBeUndefined();
});
