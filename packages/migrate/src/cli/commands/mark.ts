import { openSession } from '../../connect/session.ts';
import { EXIT } from '../../errors/codes.ts';
import { DbError } from '../../errors/db-error.ts';
import { ensureHistory } from '../../history/ensure.ts';
import { markProduction } from '../../history/production.ts';
import type { Context, Outcome } from '../command.ts';

export async function run(context: Context, _options: object, [what]: readonly string[]): Promise<Outcome> {
  if (what !== 'production') throw new DbError('DB_USAGE', { why: `mark: expected production, got ${what}` });
  const targets = new Map(context.domains.map((domain) => [context.target(domain).url, context.target(domain)]));
  for (const target of targets.values()) {
    await using session = await openSession(target, { app: 'db mark production' });
    await ensureHistory(session, { waitMs: 60_000, onWait: () => {} });
    await markProduction(session);
    if (!context.out.json) context.out.data(`${target.label} is marked as production`);
  }
  return {
    exit: EXIT.ok,
    code: 'OK',
    domains: [...targets.values()].map(({ label }) => ({ target: label, production: true })),
  };
}
