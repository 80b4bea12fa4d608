import { qualified } from '../backup/contents.ts';
import type { DomainConfig } from '../config/config.ts';
import type { Session } from '../connect/session.ts';
import { DbError } from '../errors/db-error.ts';
import { historyPresence } from '../history/ensure.ts';
import { chooseTables, wantedTables } from './choose-tables.ts';
import type { CopyState } from './progress.ts';
import { readNames } from './read-source.ts';

const UNTOUCHED = 'nothing was changed';
/** Below this share of known columns it is somebody else's data. */
const LIKENESS_MIN = 0.5;

/** Rows of a newer server may not be what an older one can hold.
 *  @throws {DbError} DB_CONSOLIDATE_NEWER */
export function requireNotNewer(source: Session, target: Session): void {
  if (source.serverVersion <= target.serverVersion) return;
  throw new DbError('DB_CONSOLIDATE_NEWER', {
    why: `the source is PostgreSQL ${source.serverVersion}, the target is ${target.serverVersion}`,
    at: source.target.label,
    changed: UNTOUCHED,
  });
}

/** The names of the domain's tables in the source.
 *  @throws {DbError} DB_CONSOLIDATE_DOMAIN where there are none, or they are another domain's */
export async function requireOwnTables(
  source: Session,
  schema: string,
  domain: DomainConfig,
  all: readonly DomainConfig[],
): Promise<readonly string[]> {
  const found = await readNames(source.sql, schema);
  const { names, likeness } = chooseTables(wantedTables(await domain.load()), found);
  if (names.length > 0 && likeness >= LIKENESS_MIN) return names;
  const others = await Promise.all(
    all
      .filter(({ name }) => name !== domain.name)
      .map(async (one) => ({ name: one.name, ...chooseTables(wantedTables(await one.load()), found) })),
  );
  const best = others
    .filter((one) => one.names.length > 0 && one.likeness >= LIKENESS_MIN)
    .sort((a, b) => b.likeness * b.names.length - a.likeness * a.names.length)[0];
  const what =
    names.length === 0
      ? 'none of its tables'
      : `${names.join(', ')} with ${Math.round(likeness * 100)} % of its columns`;
  throw new DbError('DB_CONSOLIDATE_DOMAIN', {
    why: `expected ${domain.name}'s tables in schema ${schema}, got ${what}${best === undefined ? '' : `; it looks like ${best.name}'s database`}`,
    at: source.target.label,
    changed: UNTOUCHED,
  });
}

/** Nothing of ours is written over: the domain has no history and no rows here, and the place of the copies is free, or holds the
 *  unfinished copy from this very source.
 *  @throws {DbError} DB_CONSOLIDATE_NOT_EMPTY */
export async function requireFree(
  target: Session,
  domain: DomainConfig,
  staging: string,
  copies: readonly CopyState[],
  source: string,
): Promise<void> {
  const other = copies.find((copy) => copy.source !== source);
  if (other !== undefined) throw notEmpty(target, `the copy of ${other.name} from ${other.source} is there`);
  const applied =
    (await historyPresence(target)) === 'present'
      ? await target.sql`SELECT FROM migrations.applied WHERE domain = ${domain.name}`
      : [];
  if (applied.length > 0)
    throw notEmpty(target, `${domain.name} has a history of ${applied.length} applied migrations here`);
  for (const name of (await readNames(target.sql, domain.schema)).keys()) {
    const [row] = await target.sql.unsafe(`SELECT FROM ${qualified(domain.schema, name)} LIMIT 1`);
    if (row !== undefined) throw notEmpty(target, `table ${domain.schema}.${name} has rows`);
  }
  if (copies.length > 0) return;
  const [there] = await target.sql`SELECT FROM pg_namespace WHERE nspname = ${staging}`;
  if (there !== undefined) throw notEmpty(target, `schema ${staging}, where the copies go, is there already`);
}

function notEmpty({ target }: Session, why: string): DbError {
  return new DbError('DB_CONSOLIDATE_NOT_EMPTY', { why, at: target.label, changed: UNTOUCHED });
}
