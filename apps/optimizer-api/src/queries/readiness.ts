import type { OptimizerDb } from './tx.ts';

/** The newest migration that this program needs. */
export const SCHEMA_HEAD = '20261128225538_exchange_as_owner';

/** Whether the optimizer's schema is what this program was written for, or newer. */
export async function isSchemaAtHead(db: OptimizerDb): Promise<boolean> {
  const { rows } = await db.query<{ found: boolean }>(
    `SELECT EXISTS (SELECT FROM migrations.applied WHERE domain = 'optimizer' AND name = $1) AS found`,
    [SCHEMA_HEAD],
  );
  return rows[0]?.found === true;
}

/** Whether row-level security binds the role that we are. Not so for superusers and owners. */
export async function isBoundByPolicies(db: OptimizerDb): Promise<boolean> {
  const { rows } = await db.query<{ bound: boolean }>(`SELECT row_security_active('optimizer.jobs') AS bound`);
  return rows[0]?.bound === true;
}
