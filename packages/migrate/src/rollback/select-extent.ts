import { DbError } from '../errors/db-error.ts';
import type { RollbackExtent } from './extent.ts';
import type { StoredMigration } from './read-stored.ts';

/** The applied migrations that an extent means, in the order in which they are undone.
 *  @throws {DbError} DB_USAGE where fewer are applied than were asked for, DB_MIGRATION_UNKNOWN, DB_ROLLBACK_STALE */
export function selectExtent(applied: readonly StoredMigration[], extent: RollbackExtent): readonly StoredMigration[] {
  const order = undoOrder(applied);
  switch (extent.kind) {
    case 'all':
      return order;
    case 'steps':
      if (extent.count > order.length) throw tooMany(extent.count, order.length);
      return order.slice(0, extent.count);
    case 'to':
      if (!applied.some(({ name }) => name === extent.name)) throw notApplied(extent.name);
      return order.filter(({ name }) => name > extent.name);
    case 'exactly':
      return exactly(order, new Set(extent.names));
  }
}

/** Newest name first. A late migration, which came after newer names, is undone before them. */
function undoOrder(applied: readonly StoredMigration[]): readonly StoredMigration[] {
  const byName = applied.toSorted((a, b) => (a.name < b.name ? 1 : -1));
  const order = byName.filter(({ late }) => !late);
  const late = byName
    .filter((migration) => migration.late)
    .sort((a, b) => a.appliedAt.getTime() - b.appliedAt.getTime());
  for (const migration of late) {
    const place = order.findIndex(({ name, appliedAt }) => name < migration.name || appliedAt < migration.appliedAt);
    order.splice(place === -1 ? order.length : place, 0, migration);
  }
  return order;
}

/** What was announced and is still there. Something that came on top of it meanwhile must not be undone unseen, nor left hanging. */
function exactly(order: readonly StoredMigration[], names: ReadonlySet<string>): readonly StoredMigration[] {
  const steps = order.filter(({ name }) => names.has(name));
  const [oldest = ''] = steps.map(({ name }) => name).sort();
  const above = steps.length === 0 ? [] : order.filter(({ name }) => name > oldest && !names.has(name));
  if (above.length === 0) return steps;
  throw new DbError('DB_ROLLBACK_STALE', {
    why: `applied meanwhile: ${above.map(({ name }) => name).join(', ')}`,
    changed: 'nothing was changed',
  });
}

function tooMany(count: number, applied: number): DbError {
  const what = applied === 0 ? 'no migration is applied' : `only ${applied} are applied`;
  return new DbError('DB_USAGE', { why: `--steps ${count}: ${what}`, fix: 'see `pnpm db status`' });
}

function notApplied(name: string): DbError {
  return new DbError('DB_MIGRATION_UNKNOWN', { why: `--to ${name}: expected the name of an applied migration` });
}
