import { type AnyRelations, sql } from 'drizzle-orm';
import { DbClientError } from '../errors.ts';
import type { Database } from './database.ts';
import type { TransactionOptions } from './transaction/options.ts';
import type { Transaction } from './transaction.ts';

/** Settings that row-level security reads, by name within `app.`: `{ instance_id: '…' }` is app.instance_id. */
export type TenantContext = Readonly<Record<string, string>>;

/** Runs `callback` in a transaction whose settings name the tenant. They end with the transaction, so no later user of the connection,
 *  nor of a pooler's, sees them. An empty value is refused: policies read it as no tenant.
 *  @throws {DbClientError} DB_CLIENT_TENANT_INVALID; as transaction */
export function withTenant<R extends AnyRelations, T>(
  db: Database<R>,
  context: TenantContext,
  callback: (tx: Transaction<R>) => Promise<T>,
  options?: TransactionOptions,
): Promise<T> {
  requireContext(context);
  const settings = Object.entries(context).map(([name, value]) => sql`set_config(${`app.${name}`}, ${value}, true)`);
  return db.transaction(async (tx) => {
    // Sent at once, and answered beside the first query: the connection keeps their order, and where this fails the server refuses
    // whatever comes behind it.
    const naming = Promise.resolve(tx.execute(sql`SELECT ${sql.join(settings, sql`, `)}`).then(() => {}));
    const [named, done] = await Promise.allSettled([naming, callback(tx)]);
    if (named.status === 'rejected') throw named.reason;
    if (done.status === 'rejected') throw done.reason;
    return done.value;
  }, options);
}

function requireContext(context: TenantContext): void {
  const faults = Object.entries(context).filter(([name, value]) => !/^[a-z_][a-z0-9_]*$/.test(name) || value === '');
  if (Object.keys(context).length > 0 && faults.length === 0) return;
  const which = faults.length === 0 ? 'none was given' : faults.map(([name]) => name).join(', ');
  throw new DbClientError('DB_CLIENT_TENANT_INVALID', `withTenant: expected settings with a value each; ${which}`);
}
