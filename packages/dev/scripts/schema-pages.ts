import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTestDatabase } from '@repo/local-postgres';
import postgres from 'postgres';
import { root } from '../src/env.ts';
import { output } from '../src/output.ts';
import { readRelations } from './schema-pages/read-relations.ts';
import { readSentences } from './schema-pages/read-sentences.ts';
import { renderPage } from './schema-pages/render.ts';

const FOLDER = join(root, 'docs/schema');

/** The page of each domain, from the catalog of a database that all migrations made. */
export async function schemaPages(url: string): Promise<ReadonlyMap<string, string>> {
  const domains = await migrate(url);
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const pages = new Map<string, string>();
    for (const domain of domains) {
      const sentences = await readSentences(join(root, 'packages/db/src', domain));
      pages.set(`${domain}.md`, renderPage(domain, await readRelations(sql, domain), sentences));
    }
    return pages;
  } finally {
    await sql.end();
  }
}

/** Applies every migration; the names of the domains, in their order. */
async function migrate(url: string): Promise<readonly string[]> {
  const cli = join(root, 'packages/migrate/src/cli/main.ts');
  const args = [cli, '--config', join(root, 'packages/db/db.config.ts'), 'migrate', '--url', url, '--json', '--quiet'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { domains } = JSON.parse(stdout) as { domains: readonly { readonly domain: string }[] };
  return domains.map(({ domain }) => domain);
}

/** Those pages of docs/schema that differ from what the catalog gives. */
export async function stalePages(pages: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const [page, text] of pages) {
    if ((await readFile(join(FOLDER, page), 'utf8').catch(() => '')) !== text) stale.push(page);
  }
  return stale;
}

async function write(): Promise<void> {
  await using database = await createTestDatabase();
  const pages = await schemaPages(database.url);
  await mkdir(FOLDER, { recursive: true });
  for (const page of await stalePages(pages)) {
    await writeFile(join(FOLDER, page), pages.get(page) ?? '');
    output.data(`docs/schema/${page}: written`);
  }
}

if (import.meta.main) await write();
