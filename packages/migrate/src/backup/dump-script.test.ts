import { expect, test } from 'vitest';
import { fenceOf, forServer, readDumpScript } from './dump-script.ts';

const SCRIPT = `--
\\restrict abc

SET transaction_timeout = 0;
COPY shop.a (id, note) FROM stdin;
1\tx\\\\.
\\\\.\ttwo
\\.


COPY shop.empty (id) FROM stdin;
\\.


SELECT pg_catalog.setval('shop.s', 7, true);

\\unrestrict abc
`;

async function read(bytes: Buffer, size: number) {
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const script = readDumpScript(chunks());
  const found: string[] = [];
  for (;;) {
    const { statements, copy } = await script.next();
    found.push(statements.trim());
    if (copy === undefined) return found;
    let rows = '';
    for await (const block of script.rows()) rows += block.toString('utf8');
    found.push(copy, rows);
  }
}

test('statements, COPYs and rows are told apart, wherever the chunks end', async () => {
  const bytes = Buffer.from(SCRIPT);
  for (let size = 1; size <= bytes.length; size += 1) {
    expect(await read(bytes, size)).toEqual([
      '--\n\\restrict abc\n\nSET transaction_timeout = 0;',
      'COPY shop.a (id, note) FROM stdin',
      '1\tx\\\\.\n\\\\.\ttwo\n',
      '',
      'COPY shop.empty (id) FROM stdin',
      '',
      "SELECT pg_catalog.setval('shop.s', 7, true);\n\n\\unrestrict abc",
    ]);
  }
});

test('rows without their end are an error', async () => {
  for (const cut of ['\n1\t', '\\.\n\n\nCOPY', '\\\\.\ttwo']) {
    const bytes = Buffer.from(SCRIPT.slice(0, SCRIPT.indexOf(cut) + 2));
    await expect(read(bytes, 5)).rejects.toThrow('within the rows');
  }
});

test('what is meant for psql and for newer servers does not reach an older one', () => {
  const fence = fenceOf(SCRIPT);
  expect(fence).toBe('abc');
  expect(forServer('\\restrict abc\nSET transaction_timeout = 0;\nSELECT 1;\n\\unrestrict abc', 16, fence)).toBe(
    '\nSELECT 1;',
  );
  expect(forServer('SET transaction_timeout = 0;\n\\unrestrict other', 17, fence)).toBe(
    'SET transaction_timeout = 0;\n\\unrestrict other',
  );
});
