import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createOutput } from './output.ts';

/** A stream that says it is a terminal of so many columns, or none. */
function stream(columns?: number) {
  const written = new PassThrough();
  return {
    stream: Object.assign(written, { isTTY: columns !== undefined, columns }),
    text: () => String(written.read() ?? ''),
  };
}

test('on a terminal progress is one line that is drawn over, and gone before the next text', () => {
  const [stdout, stderr] = [stream(80), stream(40)];
  const out = createOutput(false, false, { stdout: stdout.stream, stderr: stderr.stream });
  out.progress('  shop.a_table_with_a_long_name', { done: 1, total: 20_000 });
  out.progress('  shop.b', { done: 1, total: 1 });
  out.talk('done');
  const [, first, second, last] = stderr.text().split('\r\u001b[2K');
  expect([first?.length, second, last]).toEqual([37, `  shop.b ${'█'.repeat(20)} 100 % 1/1`, 'done\n']);
  expect(out.columns).toBe(80);
});

test('in a pipe it is a line of its own, at most every ten seconds, and none for what is quickly done', () => {
  let now = 0;
  const [stdout, stderr] = [stream(), stream()];
  const out = createOutput(false, false, { stdout: stdout.stream, stderr: stderr.stream, now: () => now });
  for (const done of [1, 2, 3, 4, 5]) {
    now += 4000;
    out.progress('  backfill x', { done, total: 5 });
  }
  expect(stderr.text()).toBe('  backfill x  60 % 3/5\n');
  expect(out.columns).toBeUndefined();
});

test('with --quiet there is none', () => {
  const [stdout, stderr] = [stream(80), stream(80)];
  const out = createOutput(false, true, { stdout: stdout.stream, stderr: stderr.stream });
  out.progress('  shop.b', { done: 1, total: 1 });
  expect(stderr.text()).toBe('');
});
