import { expect, test } from 'vitest';
import { withoutPassword } from './without-password.ts';

test.each([
  ['postgres://u:hunter2@h:5432/d', 'postgres://u:***@h:5432/d'],
  ['postgres://u@h/d?password=hunter2&x=1', 'postgres://u@h/d?password=***&x=1'],
  ['postgres://u@h/d?x=1&password=hunter2&password=hunter2', 'postgres://u@h/d?x=1&password=***'],
  ['postgres://u:hunter2@h/d?sslPassword=hunter2', 'postgres://u:***@h/d?sslPassword=***'],
  ['postgres://u:hunter2/3@h/d', '(text that is not a URL)'],
  ['postgres://u@h/d', 'postgres://u@h/d'],
])('no password of %s is shown', (url, shown) => {
  expect(withoutPassword(url)).toBe(shown);
});
