import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PostgresVersion } from '../versions.ts';
import type { BinariesResolver } from './platform-package.ts';
import { readableCopy } from './readable-copy.ts';
import type { Runner } from './runner.ts';

/** Programs of one release that the runner can read and execute. */
export interface Binaries {
  version: PostgresVersion;
  /** Exact release, e.g. `18.4.0-beta.17`. */
  release: string;
  initdb: string;
  postgres: string;
}

/** The programs in place where that works; a readable copy where Postgres runs as another user than we do (node_modules
 *  may lie below a folder that only we may enter) or where the install left out the library links. */
export async function locateBinaries(
  version: PostgresVersion,
  runner: Runner,
  resolver: BinariesResolver,
): Promise<Binaries> {
  const { native, release } = resolver(version);
  const inPlace = runner.ids === undefined && missingLinks(native).length === 0;
  const home = inPlace ? native : await readableCopy(native, `${release}-${process.platform}-${process.arch}`);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    version,
    release,
    initdb: join(home, 'bin', `initdb${suffix}`),
    postgres: join(home, 'bin', `postgres${suffix}`),
  };
}

/** Library links that npm could not pack and the package's install script makes. */
export interface LibraryLink {
  /** What the link points to, relative to the parent of `native`. */
  source: string;
  target: string;
}

/** Links named by the package that are not there: its install script was not allowed to run. */
export function missingLinks(native: string): LibraryLink[] {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  const links: LibraryLink[] = JSON.parse(readFileSync(list, 'utf8'));
  return links.filter((link) => !existsSync(join(native, '..', link.target)));
}
