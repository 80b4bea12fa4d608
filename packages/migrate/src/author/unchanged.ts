import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { DomainConfig } from '../config/config.ts';
import { reachableFiles } from './reachable-files.ts';

/** What `generate` reads, and what it found there. */
interface Remembered {
  readonly version: 1;
  /** Every file of ours that the configuration, the generator's configurations and the schemas reach, relative to the project. */
  readonly files: readonly string[];
  readonly hash: string;
  /** Domains that had nothing to generate. */
  readonly unchanged: readonly string[];
}

export interface Project {
  readonly root: string;
  /** Absolute. */
  readonly configFile: string;
  readonly domains: readonly DomainConfig[];
}

/** Whether, by the contents of all files that count, the last run found nothing to generate for these domains. False where that is not
 *  known. It costs a few milliseconds and loads nothing. */
export function isUnchanged(project: Project, wanted: readonly DomainConfig[]): boolean {
  const known = read(project.root);
  if (known === null || !wanted.every(({ name }) => known.unchanged.includes(name))) return false;
  return known.hash === hashOf(project, known.files);
}

/** Keeps that these domains have nothing to generate, in `node_modules/.cache`; nowhere where there is no such folder. */
export function rememberUnchanged(project: Project, domains: readonly DomainConfig[]): void {
  const { root } = project;
  if (!existsSync(join(root, 'node_modules'))) return;
  const files = reachable(project);
  const hash = hashOf(project, files);
  const before = read(root);
  const also = before?.hash === hash ? before.unchanged : [];
  const kept: Remembered = {
    version: 1,
    files,
    hash,
    unchanged: [...new Set([...also, ...domains.map(({ name }) => name)])],
  };
  mkdirSync(dirname(cacheFile(root)), { recursive: true });
  writeFileSync(cacheFile(root), JSON.stringify(kept));
}

const cacheFile = (root: string) => join(root, 'node_modules/.cache/db-generate.json');

function read(root: string): Remembered | null {
  try {
    const kept = JSON.parse(readFileSync(cacheFile(root), 'utf8')) as Remembered;
    return kept.version === 1 ? kept : null;
  } catch {
    return null;
  }
}

/** Contents, not times: a check-out of another branch and back changes nothing. */
function hashOf({ root, domains }: Project, files: readonly string[]): string {
  const hash = createHash('sha1').update(process.version);
  for (const file of files) hash.update(`\0${file}\0`).update(contents(join(root, file)));
  for (const { migrations } of domains)
    for (const name of folders(join(root, migrations))) {
      const folder = join(root, migrations, name);
      hash.update(`\0${migrations}/${name}\0`).update(withoutHeader(contents(join(folder, 'migration.sql'))));
      hash.update(contents(join(folder, 'snapshot.json')));
    }
  return hash.digest('hex');
}

/** Purpose and proof may be written into it at any time. */
function withoutHeader(sql: string): string {
  return sql.replace(/^(?:--(?!>).*\n)*/, '');
}

function contents(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function folders(path: string): readonly string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}

function reachable({ root, configFile, domains }: Project): readonly string[] {
  const files = [configFile, ...domains.map(({ generator }) => join(root, generator)), ...installed(root)];
  return reachableFiles(files, root)
    .map((file) => relative(root, file))
    .sort();
}

const LOCKS = ['pnpm-lock.yaml', 'package-lock.json', 'yarn.lock', 'bun.lock'];

function installed(root: string): readonly string[] {
  for (let folder = root; ; folder = dirname(folder)) {
    const lock = LOCKS.map((name) => join(folder, name)).find((path) => existsSync(path));
    if (lock !== undefined) return [join(root, 'package.json'), lock];
    if (folder === dirname(folder)) return [join(root, 'package.json')];
  }
}
