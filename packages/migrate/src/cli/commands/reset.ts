import { EXIT } from '../../errors/codes.ts';
import { requireDevelopmentHost, requireNamed } from '../../reset/may-reset.ts';
import { type ResetReport, resetDomains } from '../../reset/reset-domains.ts';
import { askForText } from '../ask.ts';
import type { Context, Outcome } from '../command.ts';
import { sayWaiting } from '../say-waiting.ts';
import { targetsByDatabase } from '../targets-by-database.ts';

export async function run(context: Context, { confirm }: { readonly confirm?: string }): Promise<Outcome> {
  const { out, environment } = context;
  const databases = targetsByDatabase(context);
  // Every database is asked for before the first one is touched.
  for (const { target } of databases) requireDevelopmentHost(target, environment);
  for (const { target, domains } of databases) {
    const names = domains.map(({ name }) => name).join(', ');
    const question = `Every row of ${names} goes. Type the name of the database, ${target.database}, at ${target.label}`;
    requireNamed(target, confirm ?? (await askForText(question)));
  }
  const reports: ResetReport[] = [];
  for (const { target, domains } of databases)
    reports.push(...(await resetDomains(target, domains, { waitMs: 10_000, onWait: sayWaiting(out) })));
  if (!out.json) {
    for (const { domain, target, dropped } of reports)
      out.data(`${domain} → ${target}: ${dropped ? 'dropped, with its history' : 'there was nothing'}`);
    out.talk('next: `pnpm db migrate`, `pnpm db seed`');
  }
  return { exit: EXIT.ok, code: 'OK', domains: reports };
}
