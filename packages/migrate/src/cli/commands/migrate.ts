import { migrateDomain } from '../../apply/migrate-domain.ts';
import type { ApplyEvent, MigrateResult } from '../../apply/report.ts';
import { describeBuild } from '../../contract/build.ts';
import { EXIT } from '../../errors/codes.ts';
import { countOf } from '../../errors/count-of.ts';
import { DbError } from '../../errors/db-error.ts';
import { describeBlocker } from '../../lock/blockers.ts';
import { ABANDONED_FIX } from '../../plan/refusal.ts';
import { describeInTheWay, describeNotAnswered } from '../../preflight/describe.ts';
import type { Answer } from '../../preflight/requirement.ts';
import { backupBeforeMigrate } from '../backup-before-migrate.ts';
import type { Context, Outcome } from '../command.ts';
import type { Output } from '../output.ts';
import { parseSeconds } from '../parse-seconds.ts';
import { sayWaiting } from '../say-waiting.ts';
import { showBackfill } from '../show-backfill.ts';

interface Options {
  readonly to?: string;
  readonly dryRun?: boolean;
  readonly allowLate?: readonly string[];
  readonly allowContract?: readonly string[];
  readonly lockWait: string;
  readonly events?: boolean;
  readonly backup?: string;
  /** False by --no-preflight. */
  readonly preflight?: boolean;
}

/** A backfill that this run has brought to its end, in the payload of `--json`. */
interface BackfillReport {
  readonly name: string;
  readonly rows: number;
  readonly ms: number;
}

export async function run(context: Context, options: Options): Promise<Outcome> {
  const { out, domains, root, environment, finished } = context;
  if (options.events === true && out.json)
    throw new DbError('DB_USAGE', { why: '--events prints JSON lines, --json one object: expected one of them' });
  const lockWaitMs = parseSeconds('--lock-wait', options.lockWait) * 1000;
  if (options.to !== undefined && domains.length !== 1) {
    throw new DbError('DB_USAGE', { why: '--to names a migration of one domain: expected exactly one --domain' });
  }
  // All URLs are looked up before anything is touched.
  const targets = domains.map((domain) => ({ domain, target: context.target(domain) }));
  let inTheWay = 0;
  for (const { domain, target } of targets) {
    out.talk(`${out.paintTalk('bold', domain.name)} → ${target.label}`);
    const backup =
      options.backup === undefined || options.dryRun === true
        ? null
        : await backupBeforeMigrate(context, domain, target, options.backup, lockWaitMs);
    const backfills: BackfillReport[] = [];
    const result = await migrateDomain(domain, {
      root,
      target,
      to: options.to,
      dryRun: options.dryRun === true,
      allowLate: new Set(options.allowLate ?? []),
      allowContract: new Set(options.allowContract ?? []),
      lockWaitMs,
      appVersion: environment['APP_VERSION'],
      hooks: context.config.hooks,
      preflight: options.preflight !== false,
      onEvent: (event) => {
        if (event.type === 'backfilled') backfills.push({ name: event.backfill, rows: event.rows, ms: event.ms });
        if (options.events === true) out.data(eventLine(event));
        else show(out, event);
      },
    });
    inTheWay += result.rows?.inTheWay.length ?? 0;
    const report = { ...result, backfills, backup: backup?.folder ?? null };
    finished.push(report);
    if (options.events === true) out.data(eventLine({ type: 'result', ...report }));
    else if (!out.json) summarize(out, result);
  }
  const refused = inTheWay > 0;
  return { exit: refused ? EXIT.no : EXIT.ok, code: refused ? 'DB_FINDINGS' : 'OK', domains: finished };
}

/** One event as a JSON line, with the time it was seen. */
function eventLine(event: { readonly type: string }): string {
  return JSON.stringify({ version: 1, at: new Date().toISOString(), ...event });
}

function show(out: Output, event: ApplyEvent): void {
  switch (event.type) {
    case 'waiting':
      sayWaiting(out)(event.holder);
      break;
    case 'applying':
      out.progress(`  … ${event.name}`);
      break;
    case 'applied':
      out.talk(`  ${out.paintTalk('green', '✓')} ${event.name}${event.late ? ' (late)' : ''}  ${took(event.ms)}`);
      break;
    case 'backfilling':
      showBackfill(out, event);
      break;
    case 'backfilled':
      out.talk(
        `  ${out.paintTalk('green', '✓')} backfill ${event.backfill}  ${countOf(event.rows, 'row')}  ${took(event.ms)}`,
      );
      break;
    case 'progress':
      out.progress(`  ${event.name} ${event.phase}`, event);
      break;
    case 'blocked':
      out.talk(`  waiting outside the lock queue: ${describeBlocker(event.blocker)}`);
      break;
    case 'not answered':
      out.talk(`  ${out.paintTalk('yellow', 'note')}: ${describeNotAnswered(event)}`);
      break;
    case 'recorded':
      out.talk(
        event.why === 'first'
          ? `  recorded: the live catalog now counts as expected (this history was made without the engine)`
          : `  recorded: the end of an earlier run that was cut`,
      );
      break;
    case 'held':
      out.talk(
        `  ${out.paintTalk('yellow', 'held back')}: ${event.name} drops what older builds may use. Connected:\n    ${event.builds.map(describeBuild).join('\n    ')}\n    run migrate again when they are gone; or --allow-contract ${event.name}`,
      );
      break;
    case 'abandoned':
      out.talk(
        `  ${out.paintTalk('yellow', 'note')}: half done, and there is no file: ${event.names.join(', ')}. Way out: ${ABANDONED_FIX}`,
      );
      break;
    case 'ahead':
      out.talk(
        `  ${out.paintTalk('yellow', 'note')}: the database is newer than this build (${event.names.join(', ')}). Deploy the build that applied it.`,
      );
  }
}

/** What a dry run has asked. */
function showRows(out: Output, { inTheWay, notAnswered }: Answer): void {
  for (const one of inTheWay) out.data(`\n-- in the way of ${describeInTheWay(one).replaceAll('\n', '\n--')}`);
  for (const one of notAnswered) out.data(`\n-- not asked to the end: ${describeNotAnswered(one)}`);
}

function took(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function summarize(out: Output, { domain, applied, left, held, wouldApply, rows }: MigrateResult): void {
  const rest = `${left.length === 0 ? '' : `, ${left.length} left pending`}${held.length === 0 ? '' : `, ${held.length} held back`}`;
  const count = (wouldApply ?? applied).length;
  if (count === 0 && left.length + held.length === 0) out.data(`${domain}: up to date`);
  else if (wouldApply === undefined) out.data(`${domain}: applied ${count}${rest}`);
  else out.data(`-- ${domain}: would apply ${count}${rest}`);
  for (const { name, late, how, afterBackfills, sql } of wouldApply ?? []) {
    const about = [
      late ? 'late' : '',
      how === 'transaction' ? 'in one transaction' : how,
      ...afterBackfills.map((backfill) => `after backfill ${backfill}`),
    ];
    out.data(`\n-- ${domain} ${name}: ${about.filter((part) => part !== '').join(', ')}\n${sql.trimEnd()}`);
  }
  if (rows !== undefined) showRows(out, rows);
}
