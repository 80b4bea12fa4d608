import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type Scratch, textsOf } from '../author/scratch.ts';
import type { Config, DomainConfig } from '../config/config.ts';
import { openSession } from '../connect/session.ts';
import { parseTarget } from '../connect/target.ts';
import { parseHistory } from '../files/parse-history.ts';
import { readHistory } from '../files/read-history.ts';
import { isSealed, type PageInputs, sealed } from './page-head.ts';
import { readRelations } from './read-relations.ts';
import { readSentences } from './read-sentences.ts';
import { type PageFacts, renderPage, unexplained } from './render-page.ts';

/** The page of a domain's schema: where it lies, and what it is made of. */
export interface SchemaPage {
  readonly domain: DomainConfig;
  /** Absolute path. */
  readonly file: string;
  readonly inputs: PageInputs;
  readonly source: PageFacts['source'];
}

/** The pages that the configuration asks for; empty where it asks for none. Needs no database. */
export async function plannedPages(
  { generated }: Config,
  domains: readonly DomainConfig[],
  root: string,
): Promise<readonly SchemaPage[]> {
  const wanted = generated?.schema;
  if (generated === undefined || wanted === undefined) return [];
  return await Promise.all(
    domains.map(async (domain): Promise<SchemaPage> => {
      const folder = join(root, wanted.folder);
      const source = wanted.source?.(domain.name);
      const sentences = source === undefined ? new Map<string, string>() : await readSentences(join(root, source));
      const migrations = await readHistory(join(root, domain.migrations), root);
      return {
        domain,
        file: join(folder, `${domain.name}.md`),
        inputs: { schema: domain.schema, migrations, sentences, command: generated.command },
        source: source === undefined ? null : linkTo(folder, join(root, source)),
      };
    }),
  );
}

/** Whether a page is there and current, by its seal: a migration, a comment in the source and an edit of the page break it. Needs no
 *  database. */
export async function isCurrent({ file, inputs }: SchemaPage): Promise<boolean> {
  const page = await readFile(file, 'utf8').catch(() => '');
  return isSealed(page.replaceAll('\r\n', '\n'), inputs);
}

export interface MadePage {
  readonly text: string;
  /** Tables and views that neither the source nor a comment in the database explains. */
  readonly unexplained: readonly string[];
}

/** Makes a page from the catalog that the domain's migrations give on a scratch server. */
export async function makePage(
  { domain, inputs, source }: SchemaPage,
  scratch: Scratch,
  root: string,
): Promise<MadePage> {
  await using database = await scratch.build(textsOf(await parseHistory(domain, root)));
  await using session = await openSession(parseTarget(database.url, 'scratch'), { app: 'db docs', readOnly: true });
  const relations = await readRelations(session.sql, domain.schema);
  const { schema, sentences } = inputs;
  return {
    text: sealed(renderPage(relations, { schema, source, sentences }), inputs),
    unexplained: unexplained(relations, sentences),
  };
}

function linkTo(from: string, to: string): PageFacts['source'] {
  const path = relative(from, to).replaceAll('\\', '/');
  return { label: path.replace(/^(\.\.\/)+/, ''), link: `${path}/` };
}
