import type { DomainConfig } from '../config/config.ts';
import type { OwnerRoles } from '../config/roles.ts';
import { openSession } from '../connect/session.ts';
import type { Target } from '../connect/target.ts';
import { DbError } from '../errors/db-error.ts';
import { connectionCode, fromConnection, sqlStateOf } from '../errors/from-driver.ts';
import { planRoles } from './plan-roles.ts';
import { readRoles } from './read-roles.ts';
import { wantedRoles } from './wanted.ts';

export interface RolesReport {
  readonly target: string;
  /** What was run, or would be; none where everything is as wanted. */
  readonly statements: readonly string[];
  /** Schemas that are not there yet. */
  readonly laterSchemas: readonly string[];
  readonly outcome: 'applied' | 'shown' | 'nothing to do';
}

const INSUFFICIENT_PRIVILEGE = '42501';

/** Brings the roles of the given domains about in one transaction: all of it, or nothing. Roles are the cluster's, so another database
 *  may have made them already. Needs a role that may create roles and owns, or may give away, what is there.
 *  @throws {DbError} DB_ROLE, DB_PRIVILEGE, and what connecting can throw */
export async function applyRoles(
  target: Target,
  owners: OwnerRoles,
  domains: readonly DomainConfig[],
  { yes }: { readonly yes: boolean },
): Promise<RolesReport> {
  await using session = await openSession(target, { app: 'db roles', readOnly: !yes });
  const wanted = wantedRoles(owners, domains);
  try {
    if (!yes) {
      const plan = planRoles(wanted, await readRoles(session.sql, wanted));
      return { target: target.label, ...plan, outcome: plan.statements.length === 0 ? 'nothing to do' : 'shown' };
    }
    return await session.sql.begin(async (tx) => {
      // Two at once would both create what neither has seen.
      await tx`SELECT pg_advisory_xact_lock(hashtextextended('@repo/migrate:roles', 0))`;
      const plan = planRoles(wanted, await readRoles(session.sql, wanted));
      for (const statement of plan.statements) await tx.unsafe(statement).catch((cause) => refused(cause, statement));
      return { target: target.label, ...plan, outcome: plan.statements.length === 0 ? 'nothing to do' : 'applied' };
    });
  } catch (error) {
    throw connectionCode(error) === undefined ? error : fromConnection(error, target);
  }
}

function refused(cause: unknown, statement: string): never {
  const sqlState = sqlStateOf(cause);
  if (sqlState !== INSUFFICIENT_PRIVILEGE) throw cause;
  const why = `${cause instanceof Error ? cause.message : String(cause)}\n  ${statement}`;
  const fix = 'connect as the superuser, or as a role with CREATEROLE that owns these schemas';
  throw new DbError('DB_PRIVILEGE', { why, fix, sqlState, changed: 'nothing was changed' }, { cause });
}
