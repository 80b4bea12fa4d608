import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { openScratch } from '../../author/scratch.ts';
import { schemaIndex } from '../../docs/schema-index.ts';
import { isCurrent, makePage, plannedPages, type SchemaPage } from '../../docs/schema-pages.ts';
import { EXIT } from '../../errors/codes.ts';
import type { Context, Outcome } from '../command.ts';
import { referencePages } from '../reference-pages.ts';

interface Options {
  readonly out: string;
  readonly check?: boolean;
  readonly force?: boolean;
  readonly scratchUrl?: string;
}

/** A page that is to be there, with its text; or CURRENT, or DUE, where its seal alone says what it is. */
interface Page {
  readonly file: string;
  readonly text: string;
}

const CURRENT = '(current)';
/** No file holds that. */
const DUE = '(due)';

export async function run(context: Context, options: Options): Promise<Outcome> {
  const { out, cwd } = context;
  const stale: string[] = [];
  const { pages, unexplained } = await schemaPages(context, options);
  const index = await schemaIndex(context.config, context.root);
  const reference = referenceFiles(resolve(cwd, options.out));
  for (const { file, text } of [...reference, ...(index === null ? [] : [index]), ...pages]) {
    const isStale = text !== CURRENT && (await readFile(file, 'utf8').catch(() => '')) !== text;
    const shown = relative(cwd, file);
    if (isStale) stale.push(shown);
    if (isStale && options.check !== true) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    const done = options.check === true ? 'out of date' : 'written';
    if (!out.json) out.data(`${shown}: ${isStale ? done : 'up to date'}`);
  }
  for (const one of unexplained)
    out.talk(`  ${out.paintTalk('yellow', 'note')}: nothing says what one row of ${one} is`);
  const failed = options.check === true && (stale.length > 0 || unexplained.length > 0);
  return {
    exit: failed ? EXIT.no : EXIT.ok,
    code: failed ? 'DB_FINDINGS' : 'OK',
    domains: [],
    extra: { pages: stale, unexplained },
  };
}

function referenceFiles(folder: string): readonly Page[] {
  return Object.entries(referencePages()).map(([page, text]) => ({ file: join(folder, page), text }));
}

interface Made {
  readonly pages: readonly Page[];
  /** `schema.name`. */
  readonly unexplained: readonly string[];
}

/** Only what is out of date by its seal, or all of it with --force, is made anew: that takes a server. */
async function schemaPages(context: Context, { check, force, scratchUrl }: Options): Promise<Made> {
  const { config, domains, root, out } = context;
  const planned = await plannedPages(config, domains, root);
  const current = await Promise.all(planned.map(isCurrent));
  const isDue = (_: SchemaPage, index: number) => force === true || current[index] !== true;
  const due = planned.filter(isDue);
  const kept = planned.filter((page, index) => !isDue(page, index)).map(({ file }) => ({ file, text: CURRENT }));
  if (due.length === 0) return { pages: kept, unexplained: [] };
  // Whoever only checks is told by the seal, without a server.
  if (check === true && force !== true)
    return { pages: [...kept, ...due.map(({ file }) => ({ file, text: DUE }))], unexplained: [] };
  await using scratch = await openScratch(scratchUrl, out.talk);
  const pages: Page[] = [];
  const unexplained: string[] = [];
  for (const page of due) {
    out.progress(`  … ${page.domain.name}`);
    const made = await makePage(page, scratch, root);
    pages.push({ file: page.file, text: made.text });
    unexplained.push(...made.unexplained.map((name) => `${page.domain.schema}.${name}`));
  }
  return { pages: [...kept, ...pages], unexplained };
}
