import { openSession } from '../../connect/session.ts';
import { EXIT } from '../../errors/codes.ts';
import { type EngineLock, readEngineLocks, readTableLocks, type TableLocks } from '../../seeing/read-locks.ts';
import type { Context, Outcome } from '../command.ts';
import type { Output } from '../output.ts';

export async function run({ out, domains, target, finished }: Context): Promise<Outcome> {
  const targets = domains.map((domain) => ({ domain, target: target(domain) }));
  for (const { domain, target } of targets) {
    await using session = await openSession(target, { app: `db locks ${domain.name}`, readOnly: true });
    const migrators = await readEngineLocks(session, domain.name);
    const sessions = await readTableLocks(session, domain.schema);
    finished.push({ domain: domain.name, target: target.label, migrators, sessions });
    if (out.json) continue;
    out.data(`${out.paint('bold', domain.name)} → ${target.label}`);
    show(out, migrators, sessions);
  }
  return { exit: EXIT.ok, code: 'OK', domains: finished };
}

function show(out: Output, migrators: readonly EngineLock[], sessions: readonly TableLocks[]): void {
  if (migrators.length === 0) out.data('  migrations: nobody holds the lock');
  for (const { lock, state, pid, application, user, since } of migrators) {
    const age = since === null ? '' : `, connected since ${since.toISOString()}`;
    out.data(
      `  migrations: pid ${pid} (${application || 'no application_name'}, user ${user}${age}) ${state} the ${lock} lock`,
    );
  }
  if (sessions.length === 0) out.data('  tables: nobody holds a lock');
  for (const { pid, application, user, state, ageMs, tables, blockedBy, query, fingerprint } of sessions) {
    const age = ageMs === null ? '' : `, transaction ${(ageMs / 1000).toFixed(1)} s old`;
    const behind = blockedBy.length === 0 ? '' : `, waits for pid ${blockedBy.join(', ')}`;
    out.data(
      `  tables: pid ${pid} (${application || 'no application_name'}, user ${user}, ${state ?? 'state not visible'}${age}${behind})`,
    );
    for (const table of tables) out.data(`    ${table}`);
    out.data(`    last statement ${fingerprint}: ${query}`);
  }
}
