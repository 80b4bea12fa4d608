import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { EXIT } from '../../errors/codes.ts';
import type { Context, Outcome } from '../command.ts';
import { referencePages } from '../reference-pages.ts';

interface Options {
  readonly out: string;
  readonly check?: boolean;
}

export async function run({ out, cwd }: Context, options: Options): Promise<Outcome> {
  const folder = resolve(cwd, options.out);
  const stale: string[] = [];
  for (const [page, text] of Object.entries(referencePages())) {
    const file = join(folder, page);
    const isStale = (await readFile(file, 'utf8').catch(() => '')) !== text;
    if (isStale) stale.push(page);
    if (isStale && options.check !== true) {
      await mkdir(folder, { recursive: true });
      await writeFile(file, text);
    }
    const done = options.check === true ? 'out of date' : 'written';
    if (!out.json) out.data(`${join(options.out, page)}: ${isStale ? done : 'up to date'}`);
  }
  const failed = options.check === true && stale.length > 0;
  return {
    exit: failed ? EXIT.no : EXIT.ok,
    code: failed ? 'DB_FINDINGS' : 'OK',
    domains: [],
    extra: { pages: stale },
  };
}
