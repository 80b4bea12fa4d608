import { expect, test } from 'vitest';
import { downText } from './file-text.ts';

const NONE = { gone: [], enumValues: [] };
const FACTS = { title: 'Drop prompt', date: '2026-11-28', proof: null };

test('a down that failed on rows says why, and the statement once', () => {
  const failed = 'ALTER TABLE "video"."video_requests" ALTER COLUMN "prompt" SET NOT NULL';
  const irreversible = `column "prompt" contains null values\n  ${failed}`;
  expect(downText({ statements: [failed], noTransaction: false, irreversible }, NONE, NONE, FACTS)).toBe(
    [
      '-- Undo: Drop prompt.',
      '-- Loses: nothing.',
      '-- Date: 2026-11-28',
      '-- db: irreversible: column "prompt" contains null values',
      '',
      '-- What the catalog diff would do, to be completed by hand:',
      `--   ${failed};`,
      '',
    ].join('\n'),
  );
});

test('what still differs after the attempt stands before the attempt', () => {
  const irreversible = 'the catalog is another one\ncolumn shop.orders.note: only after';
  const way = { statements: ['DROP VIEW shop.all_orders'], noTransaction: false, irreversible };
  expect(downText(way, NONE, NONE, FACTS)).toContain(
    '--   column shop.orders.note: only after\n--   DROP VIEW shop.all_orders;\n',
  );
});
