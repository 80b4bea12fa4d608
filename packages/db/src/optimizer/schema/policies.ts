import { type SQL, sql } from 'drizzle-orm';
import { type PgColumn, pgPolicy } from 'drizzle-orm/pg-core';

/** Role of the worker, as db.config.ts names it. A policy that were granted to it would need the role to exist wherever migrations run,
 *  so the policies are everybody's and ask for membership by name (ADR 0016). */
const WORKER = sql.raw(`'optimizer_worker'`);

const isWorker = sql`(SELECT pg_has_role(to_regrole(${WORKER}), 'USAGE'))`;
const tenant = sql`(SELECT NULLIF(current_setting('app.instance_id', true), ''))`;

/** The two policies of a tenant's table: a member of the worker's role has all rows, everybody else those of the tenant that
 *  app.instance_id names; without it, none. `own` says which rows are the tenant's, where no column of the table does. */
export function tenantPolicies(own: PgColumn | ((tenantId: SQL) => SQL)) {
  const isOwn = typeof own === 'function' ? own(tenant) : sql`${own} = ${tenant}`;
  return [
    // policies are tried in the order of their names: the worker's, which reads no row, comes first
    pgPolicy('background_worker', { to: 'public', using: isWorker, withCheck: isWorker }),
    pgPolicy('own_tenant', { to: 'public', using: isOwn, withCheck: isOwn }),
  ];
}
