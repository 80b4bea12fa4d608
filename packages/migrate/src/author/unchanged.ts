import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { DomainConfig } from '../config/config.ts';
import { reachableFiles } from './reachable-files.ts';

/** What `generate` reads, and what it found there. */
interface Remembered {
  readonly version: 2;
  /** The configuration file, relative to the project. */
  readonly config: string;
  /** All domains of the configuration, in its order. */
  readonly domains: readonly Domain[];
  /** Every file of ours that the configuration, the generator's configurations and the schemas reach, relative to the project. */
  readonly files: readonly string[];
  readonly hash: string;
  /** Domains that had nothing to generate. */
  readonly unchanged: readonly string[];
}

type Domain = Pick<DomainConfig, 'name' | 'migrations'>;

export interface Project {
  /** The folder of the configuration file. */
  readonly root: string;
  /** Absolute. */
  readonly configFile: string;
  readonly domains: readonly DomainConfig[];
}

/** The domains of these names (none: all of the configuration), in its order, where the last run found nothing to generate for any of
 *  them and no file that counts has other contents since; NULL where that is not known. It costs a few milliseconds and loads nothing,
 *  not even the configuration: what that reads from the environment is not seen. */
export function knownUnchanged(configFile: string, wanted: readonly string[]): readonly string[] | null {
  const root = dirname(configFile);
  const known = read(root);
  if (known === null || known.config !== relative(root, configFile)) return null;
  const names = known.domains.map(({ name }) => name);
  if (!wanted.every((name) => names.includes(name))) return null;
  const asked = names.filter((name) => wanted.length === 0 || wanted.includes(name));
  if (!asked.every((name) => known.unchanged.includes(name))) return null;
  return known.hash === hashOf(root, known.domains, known.files) ? asked : null;
}

/** Keeps that these domains have nothing to generate, in `node_modules/.cache`; nowhere where there is no such folder. */
export function rememberUnchanged(project: Project, unchanged: readonly DomainConfig[]): void {
  const { root, configFile } = project;
  if (!existsSync(join(root, 'node_modules'))) return;
  const files = reachable(project);
  const domains = project.domains.map(({ name, migrations }) => ({ name, migrations }));
  const hash = hashOf(root, domains, files);
  const before = read(root);
  const also = before?.hash === hash ? before.unchanged : [];
  const kept: Remembered = {
    version: 2,
    config: relative(root, configFile),
    domains,
    files,
    hash,
    unchanged: [...new Set([...also, ...unchanged.map(({ name }) => name)])],
  };
  mkdirSync(dirname(cacheFile(root)), { recursive: true });
  writeFileSync(cacheFile(root), JSON.stringify(kept));
}

const cacheFile = (root: string) => join(root, 'node_modules/.cache/db-generate.json');

function read(root: string): Remembered | null {
  try {
    const kept = JSON.parse(readFileSync(cacheFile(root), 'utf8')) as Remembered;
    return kept.version === 2 ? kept : null;
  } catch {
    return null;
  }
}

/** Contents, not times: a check-out of another branch and back changes nothing. */
function hashOf(root: string, domains: readonly Domain[], files: readonly string[]): string {
  const hash = createHash('sha1').update(process.version);
  for (const file of files) hash.update(`\0${file}\0`).update(contents(join(root, file)));
  for (const { migrations } of domains)
    for (const name of folders(join(root, migrations))) {
      const folder = join(root, migrations, name);
      const sql = contents(join(folder, 'migration.sql')).toString('utf8');
      hash.update(`\0${migrations}/${name}\0`).update(withoutHeader(sql));
      hash.update(contents(join(folder, 'snapshot.json')));
    }
  return hash.digest('hex');
}

/** Purpose and proof may be written into it at any time. */
function withoutHeader(sql: string): string {
  return sql.replace(/^(?:--(?!>).*\n)*/, '');
}

function contents(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
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
