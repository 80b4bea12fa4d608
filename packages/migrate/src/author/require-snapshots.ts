import { join } from 'node:path';
import { readSnapshots } from '../check/read-snapshots.ts';
import { brokenSnapshots } from '../check/snapshot-dag.ts';
import type { DomainConfig } from '../config/config.ts';
import { DbError } from '../errors/db-error.ts';

/** Stops before the generator, which says of a snapshot that it cannot go on from only that it is malformed.
 *  @throws {DbError} DB_FILE_SNAPSHOT with the files */
export function requireSnapshots(
  { name, migrations }: DomainConfig,
  root: string,
  history: readonly { readonly name: string }[],
): void {
  const names = history.map((migration) => migration.name);
  const broken = brokenSnapshots(readSnapshots(join(root, migrations), root, names));
  if (broken.length === 0) return;
  const [why, at, changed] = [broken.join('; '), migrations, 'nothing was written'];
  throw new DbError('DB_FILE_SNAPSHOT', { domain: name, why, at, changed });
}
