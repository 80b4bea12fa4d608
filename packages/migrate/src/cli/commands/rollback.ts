import { EXIT } from '../../errors/codes.ts';
import { countOf } from '../../errors/count-of.ts';
import { DbError } from '../../errors/db-error.ts';
import { describeBlocker } from '../../lock/blockers.ts';
import type { RollbackExtent } from '../../rollback/extent.ts';
import type { RollbackEvent, RollbackResult } from '../../rollback/report.ts';
import {
  admitRollback,
  previewRollback,
  type RollbackOptions,
  rollbackDomain,
} from '../../rollback/rollback-domain.ts';
import type { Context, Outcome } from '../command.ts';
import type { Output } from '../output.ts';
import { parseSeconds } from '../parse-seconds.ts';
import { sayWaiting } from '../say-waiting.ts';

interface Options {
  readonly steps?: string;
  readonly to?: string;
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly confirm?: string;
  readonly lockWait: string;
}

export async function run(context: Context, options: Options): Promise<Outcome> {
  const { out, domains, root, environment, finished } = context;
  const extent = parseExtent(options);
  const lockWaitMs = parseSeconds('--lock-wait', options.lockWait) * 1000;
  if (extent.kind !== 'all' && domains.length !== 1) {
    throw new DbError('DB_USAGE', { why: `--${extent.kind} is about one domain: expected exactly one --domain` });
  }
  // The last domain first. All URLs are looked up before anything is touched.
  const works = domains.toReversed().map((domain) => ({
    domain,
    options: {
      root,
      target: context.target(domain),
      extent,
      confirm: options.confirm,
      lockWaitMs,
      appVersion: environment['APP_VERSION'],
      onEvent: (event: RollbackEvent) => show(out, event),
    } satisfies RollbackOptions,
  }));
  if (options.dryRun === true) return await preview(out, works);
  // Every domain is asked before the first one is touched.
  const admitted = [];
  for (const work of works) admitted.push({ ...work, names: await admitRollback(work.domain, work.options) });
  for (const { domain, options: work, names } of admitted) {
    out.talk(`${out.paintTalk('bold', domain.name)} → ${work.target.label}: ${count(names.length)} to roll back`);
    const result = await rollbackDomain(domain, { ...work, extent: { kind: 'exactly', names } });
    finished.push(result);
    if (!out.json) out.data(summary(result));
  }
  return { exit: EXIT.ok, code: 'OK', domains: finished };
}

type Work = { readonly domain: Context['domains'][number]; readonly options: RollbackOptions };

async function preview(out: Output, works: readonly Work[]): Promise<Outcome> {
  const reports = [];
  for (const { domain, options } of works) {
    const { label } = options.target;
    out.talk(`${out.paintTalk('bold', domain.name)} → ${label}`);
    const wouldRollBack = await previewRollback(domain, options);
    reports.push({ domain: domain.name, target: label, rolledBack: [], wouldRollBack });
    if (out.json) continue;
    out.data(`-- ${domain.name}: would roll back ${count(wouldRollBack.length)}`);
    for (const { name, source, sql } of wouldRollBack) {
      const from = source === 'history' ? 'as stored when it was applied' : 'from the file: the history stored none';
      out.data(`\n-- ${domain.name} ${name}: down.sql, ${from}\n${sql.trimEnd()}`);
    }
  }
  return { exit: EXIT.ok, code: 'OK', domains: reports };
}

function parseExtent({ steps, to, all }: Options): RollbackExtent {
  const forms = [steps, to, all === true ? 'all' : undefined].filter((form) => form !== undefined);
  if (forms.length !== 1) {
    throw new DbError('DB_USAGE', {
      why: `expected one of --steps <n> (the last n), --to <name> (everything newer) or --all, got ${forms.length === 0 ? 'none' : forms.length}`,
    });
  }
  if (to !== undefined) return { kind: 'to', name: to };
  if (steps === undefined) return { kind: 'all' };
  if (!/^[1-9]\d{0,4}$/.test(steps))
    throw new DbError('DB_USAGE', { why: `--steps: expected a whole number from 1, got ${steps}` });
  return { kind: 'steps', count: Number(steps) };
}

function show(out: Output, event: RollbackEvent): void {
  switch (event.type) {
    case 'waiting':
      sayWaiting(out)(event.holder);
      break;
    case 'rolling back':
      out.progress(`  … ${event.name}`);
      break;
    case 'rolled back':
      out.talk(`  ${out.paintTalk('green', '✓')} ${event.name}  ${event.ms} ms`);
      break;
    case 'progress':
      out.progress(`  ${event.name} ${event.phase}`, event);
      break;
    case 'blocked':
      out.talk(`  waiting outside the lock queue: ${describeBlocker(event.blocker)}`);
  }
}

function summary({ domain, rolledBack }: RollbackResult): string {
  return rolledBack.length === 0 ? `${domain}: nothing to roll back` : `${domain}: rolled back ${rolledBack.length}`;
}

function count(migrations: number): string {
  return countOf(migrations, 'migration');
}
