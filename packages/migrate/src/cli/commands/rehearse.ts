import type { ApplyEvent } from '../../apply/report.ts';
import { DbError } from '../../errors/db-error.ts';
import { rehearseDomain } from '../../rehearse/rehearse-domain.ts';
import type { Rehearsal } from '../../rehearse/report.ts';
import type { Context, Outcome } from '../command.ts';
import type { Output } from '../output.ts';
import { parseRehearsal, type RehearsalOptions, rehearsed, showRehearsal } from '../rehearsal-options.ts';
import { showBackfill } from '../show-backfill.ts';

interface Options extends RehearsalOptions {
  readonly to?: string;
  readonly allowLate?: readonly string[];
}

export async function run(context: Context, options: Options): Promise<Outcome> {
  const { out, domains, root, finished, guard } = context;
  const { format, to } = options;
  const wishes = { ...parseRehearsal(options), to, allowLate: new Set(options.allowLate ?? []) };
  if (to !== undefined && domains.length !== 1)
    throw new DbError('DB_USAGE', { why: '--to names a migration of one domain: expected exactly one --domain' });
  const targets = domains.map((domain) => ({ domain, target: context.target(domain) }));
  const reports: Rehearsal[] = [];
  for (const { domain, target } of targets) {
    out.talk(`${out.paintTalk('bold', domain.name)} → a copy of ${target.label}`);
    const onEvent = (event: ApplyEvent) => show(out, event);
    const report = await rehearseDomain(domain, { ...wishes, root, target, guard, onEvent, talk: out.talk });
    reports.push(report);
    finished.push(report);
    showRehearsal(out, format, report, 'a migration');
  }
  return rehearsed(out, format, reports, 'a migration');
}

function show(out: Output, event: ApplyEvent): void {
  if (event.type === 'applying') out.progress(`  … ${event.name}`);
  if (event.type === 'backfilling') showBackfill(out, event);
  if (event.type === 'progress') out.progress(`  ${event.name} ${event.phase}`, event);
}
