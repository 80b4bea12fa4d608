import type { Session } from '../connect/session.ts';
import { DbError } from '../errors/db-error.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import { describeBuild } from './build.ts';
import { connectedBuilds } from './connected-builds.ts';
import { type HoldBack, holdBack } from './hold-back.ts';

/** Parts what is pending by the builds that are connected now; nobody is asked where nothing of it is a contract.
 *  @throws {DbError} DB_CONTRACT_HELD where something else has to wait with it */
export async function heldNow(
  session: Session,
  domain: string,
  pending: readonly ParsedMigration[],
  allowed: ReadonlySet<string> | undefined,
): Promise<Pick<HoldBack, 'apply' | 'held'>> {
  if (!pending.some(({ header }) => header.contract)) return { apply: pending, held: [] };
  const { apply, held, stuck } = holdBack(pending, await connectedBuilds(session.sql, domain), allowed);
  if (stuck === null) return { apply, held };
  const { name, behind } = stuck;
  throw new DbError('DB_CONTRACT_HELD', {
    at: name,
    why: `it touches what ${behind.name} touches, which waits for older builds to end:\n  ${behind.builds.map(describeBuild).join('\n  ')}`,
    changed: 'nothing was changed',
    data: { held },
  });
}
