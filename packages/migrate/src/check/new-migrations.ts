import { join, relative } from 'node:path';
import type { DomainConfig } from '../config/config.ts';
import { type Base, filesAtFork } from './base.ts';

/** Tells by its folder, absolute, whether a migration of a domain is not on the base branch yet. A baseline is never new: it makes what
 *  the base branch has, and no table with rows meets it. `base` was found for `root`. */
export async function newMigrations(
  domain: DomainConfig,
  root: string,
  base: Base,
): Promise<(folder: string, isBaseline?: boolean) => boolean> {
  const there = await filesAtFork(base, domain.migrations);
  return (folder, isBaseline = false) =>
    !isBaseline && !there.has(join(relative(root, folder), 'migration.sql').replaceAll('\\', '/'));
}
