import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { DomainConfig } from '../config/config.ts';
import { DbError } from '../errors/db-error.ts';
import { readHistory } from '../files/read-history.ts';
import type { LintSource } from '../lint/lint-file.ts';
import { byName, isWayBack } from '../lint/plain-layout.ts';

/** Texts in the order in which they run, and which of them are asked about. */
export interface Selected {
  readonly sources: readonly LintSource[];
  /** Paths of sources. */
  readonly wanted: ReadonlySet<string>;
}

/** A domain's whole history. `isWanted` gets a migration's folder, absolute, and whether it is a baseline. `shown`: the folder that
 *  paths are relative to.
 *  @throws {DbError} DB_FOLDER_MISSING, DB_FILE_* */
export async function domainSources(
  domain: DomainConfig,
  root: string,
  shown: string,
  isWanted: (folder: string, isBaseline: boolean) => boolean,
): Promise<Selected> {
  const migrations = await readHistory(join(root, domain.migrations), root);
  const sources = migrations.map(({ path, sql }): LintSource => {
    return { path: relative(shown, join(root, path)), text: sql, runner: 'engine', schema: domain.schema };
  });
  const wanted = migrations.filter(({ path, replaces }) => isWanted(dirname(resolve(root, path)), replaces.length > 0));
  return { sources, wanted: new Set(wanted.map(({ path }) => relative(shown, join(root, path)))) };
}

/** The SQL files of another project below a folder, or one file with its neighbours as what came before. Ways back are left out.
 *  @throws {DbError} DB_IO */
export function plainSources(path: string, shown: string): Selected {
  const isFile = entry(path).isFile();
  const folder = isFile ? neighbours(path) : path;
  const files = sqlFiles(folder)
    .map((file) => join(folder, file))
    .filter((file) => file === path || !isWayBack(file));
  const sources = files.map((file): LintSource => {
    return { path: relative(shown, file), text: readText(file), runner: 'plain', schema: null };
  });
  const wanted = isFile ? [relative(shown, path)] : sources.map((source) => source.path);
  return { sources, wanted: new Set(wanted) };
}

/** True where one path is the other, or lies in it. */
export function contains(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** Where the files lie that ran before one: its folder, or with a folder for each migration the one above. */
function neighbours(file: string): string {
  const folder = dirname(file);
  return /^(migration|up)\.sql$/.test(file.slice(folder.length + 1)) ? dirname(folder) : folder;
}

const PASSED_OVER = new Set(['node_modules', '.git', 'dist']);

function sqlFiles(folder: string): readonly string[] {
  const found: string[] = [];
  const visit = (below: string) => {
    for (const item of readdirSync(join(folder, below), { withFileTypes: true })) {
      const path = join(below, item.name);
      if (item.isDirectory() && !PASSED_OVER.has(item.name)) visit(path);
      if (item.isFile() && item.name.toLowerCase().endsWith('.sql')) found.push(path);
    }
  };
  visit('.');
  return found.sort(byName);
}

function entry(path: string) {
  try {
    return statSync(path);
  } catch (cause) {
    throw new DbError('DB_IO', { why: 'no such file or folder', at: path }, { cause });
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new DbError('DB_IO', { why: 'cannot be read', at: file }, { cause });
  }
}
