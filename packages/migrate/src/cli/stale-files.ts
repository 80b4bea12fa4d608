import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type CheckFinding, finding } from '../check/finding.ts';
import { schemaIndex } from '../docs/schema-index.ts';
import { isCurrent, plannedPages } from '../docs/schema-pages.ts';
import { parseHistory } from '../files/parse-history.ts';
import { firstStartScript } from '../script/first-start.ts';
import type { Context } from './command.ts';
import { referencePages } from './reference-pages.ts';

/** Generated files that are not what the code and the migrations give now. Only with every domain: the script holds all of them. */
export async function staleFiles({ config, domains, root, cwd }: Context): Promise<readonly CheckFinding[]> {
  const { generated } = config;
  if (generated === undefined || domains.length < config.domains.length) return [];
  const { pages, script, command } = generated;
  const wanted = new Map<string, string>();
  if (pages !== undefined)
    for (const [page, text] of Object.entries(referencePages())) wanted.set(join(root, pages, page), text);
  const index = await schemaIndex(config, root);
  if (index !== null) wanted.set(index.file, index.text);
  if (script !== undefined) wanted.set(join(root, script), await scriptOf(domains, root));
  const outdated = await Promise.all(
    (await plannedPages(config, domains, root)).map(async (page) => ((await isCurrent(page)) ? [] : [page.file])),
  );
  const stale = await Promise.all(
    [...wanted].map(async ([file, text]) => ((await readFile(file, 'utf8').catch(() => '')) === text ? [] : [file])),
  );
  return [...stale, ...outdated]
    .flat()
    .map((file) => finding(`${relative(cwd, file)} is out of date: run \`${command}\``));
}

async function scriptOf(domains: Context['domains'], root: string): Promise<string> {
  const histories = domains.map(async (domain) => ({
    name: domain.name,
    migrations: await parseHistory(domain, root),
  }));
  return firstStartScript(await Promise.all(histories));
}
