import { describe, expect, test } from 'vitest';
import { parseEnv } from './env.ts';

describe('TRAIN_ACCOUNT_MAP', () => {
  test.each([undefined, '', '  '])('unset or empty (%j) maps nothing', (value) => {
    expect(parseEnv({ TRAIN_ACCOUNT_MAP: value })).toEqual({ trainAccountMap: {} });
  });

  test('maps domains to account ids', () => {
    expect(parseEnv({ TRAIN_ACCOUNT_MAP: '{"team.example.com": "acc_1", "b": "acc_2"}' })).toEqual({
      trainAccountMap: { 'team.example.com': 'acc_1', b: 'acc_2' },
    });
  });

  test.each(['team=acc_1', '[]', '"acc_1"', 'null', '{"team": 1}', '{"team": ""}', '{"team": {"id": "acc_1"}}'])(
    'is refused by name where it is malformed: %s',
    (value) => {
      expect(() => parseEnv({ TRAIN_ACCOUNT_MAP: value })).toThrow(/^TRAIN_ACCOUNT_MAP: expected a JSON object/);
    },
  );
});
