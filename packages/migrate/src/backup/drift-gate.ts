import type { Catalog } from '../catalog/catalog.ts';
import type { DomainConfig } from '../config/config.ts';
import { judgeDrift } from '../drift/allow.ts';
import { type DriftDifference, driftDifferences } from '../drift/differences.ts';
import { DbError } from '../errors/db-error.ts';
import type { LostObject } from './manifest.ts';

/** What a backup by the driver cannot bring back: where the live catalog is not what the migrations give. Accepted drift is named and
 *  left out, unless rows could be lost by that or refused at the restore. Pure.
 *  @throws {DbError} DB_DRIFT */
export function lostByReplay(
  domain: DomainConfig,
  expected: Catalog,
  live: Catalog,
  allowDrift: boolean,
): readonly LostObject[] {
  const all = driftDifferences(expected, live);
  const holding = all.filter((difference) => !isWithoutRows(difference));
  if (holding.length > 0) throw refused(holding, 'rows could be lost or refused by it', FIX_ROWS);
  const { differences } = judgeDrift(all, domain.drift);
  if (differences.length > 0 && !allowDrift) throw refused(differences, 'a restore would not bring it back', FIX_ALLOW);
  return all.map(({ object, live: definition }) => ({ object, definition }));
}

const FIX_ROWS =
  'write a migration for it or undo it; or back up with pg_dump, which keeps what is live: --with pg_dump';
const FIX_ALLOW = `${FIX_ROWS}; or leave it out of the backup: --allow-drift`;

/** Kinds that neither hold rows nor refuse any. */
const HARMLESS = new Set([
  'view',
  'materialized view',
  'function',
  'trigger',
  'rule',
  'statistics',
  'policy',
  'comment',
]);
/** Kinds that hold no rows, and refuse some only where the database does not have them. */
const REFUSING = new Set(['index', 'constraint']);

function isWithoutRows({ object, kind, state, partOf }: DriftDifference): boolean {
  // The columns of a view hold nothing.
  if (partOf !== null) return /^(?:materialized )?view /.test(partOf);
  if (object.startsWith('comment ')) return true;
  return HARMLESS.has(kind) || (REFUSING.has(kind) && state === 'unexpected');
}

function refused(differences: readonly DriftDifference[], why: string, fix: string): DbError {
  const named = differences.map(({ state, object }) => `${object} is ${state}`);
  const shown = named.slice(0, 3).join(', ') + (named.length > 3 ? ` and ${named.length - 3} more` : '');
  return new DbError('DB_DRIFT', {
    why: `${shown}: the schema is written as the migrations that gave it, and ${why}`,
    fix,
    changed: 'nothing was written',
    data: { differences },
  });
}
