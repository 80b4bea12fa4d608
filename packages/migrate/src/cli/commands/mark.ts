import { scratchWhenNeeded } from '../../author/scratch.ts';
import type { Session } from '../../connect/session.ts';
import { EXIT } from '../../errors/codes.ts';
import { DbError } from '../../errors/db-error.ts';
import { ensureHistory } from '../../history/ensure.ts';
import { isProduction, markProduction } from '../../history/production.ts';
import { type MarkReport, markDomain } from '../../repair/mark-domain.ts';
import type { MarkedAs } from '../../repair/plan-mark.ts';
import { replayOn } from '../../repair/replay.ts';
import type { Context, Outcome } from '../command.ts';
import { differenceLines } from '../difference-lines.ts';
import { onSession } from '../on-session.ts';
import type { Output } from '../output.ts';
import { parseSeconds } from '../parse-seconds.ts';
import { sayWaiting } from '../say-waiting.ts';
import { targetsByDatabase } from '../targets-by-database.ts';

interface Options {
  readonly yes?: boolean;
  readonly scratchUrl?: string;
  readonly lockWait: string;
}

export async function run(context: Context, options: Options, [what, name]: readonly string[]): Promise<Outcome> {
  if (what === 'production' && name === undefined) return await production(context, options.yes === true);
  if ((what === 'applied' || what === 'pending') && name !== undefined)
    return await migration(context, options, what, name);
  const got = [what, name].filter((word) => word !== undefined).join(' ');
  throw new DbError('DB_USAGE', { why: `mark: expected production, applied <name> or pending <name>, got ${got}` });
}

async function migration(context: Context, options: Options, as: MarkedAs, name: string): Promise<Outcome> {
  const { out, root, environment } = context;
  const [domain, ...others] = context.domains;
  if (domain === undefined || others.length > 0)
    throw new DbError('DB_USAGE', { why: `mark ${as} is about one domain: expected exactly one --domain` });
  const target = context.target(domain);
  const lock = { waitMs: parseSeconds('--lock-wait', options.lockWait) * 1000, onWait: sayWaiting(out) };
  await using scratch = scratchWhenNeeded(options.scratchUrl, out.talk);
  const report = await markDomain(domain, {
    root,
    target,
    name,
    as,
    yes: options.yes === true,
    replay: replayOn(scratch, domain),
    lock,
    appVersion: environment['APP_VERSION'] ?? null,
  });
  if (!out.json) show(out, report);
  const shown = report.outcome === 'shown';
  return { exit: shown ? EXIT.decision : EXIT.ok, code: shown ? 'DB_CONFIRM' : 'OK', domains: [report] };
}

function show(out: Output, { domain, target, name, state, as, outcome, differences, unknown }: MarkReport): void {
  const title = `${out.paint('bold', domain)} → ${target}: ${name}`;
  if (outcome === 'nothing to do') {
    out.data(`${title} is ${as} already`);
    return;
  }
  out.data(`${title}, ${state}, ${outcome === 'marked' ? 'is now' : 'would be'} recorded as ${as}`);
  if (differences === null) out.data(`  nobody can tell whether the catalog bears it out: ${unknown}`);
  else if (differences.length === 0) out.data('  the catalog bears it out');
  else out.data('  the catalog does not bear it out; these stay as they are, and are drift from then on:');
  for (const line of differenceLines(differences ?? [])) out.data(`  ${line}`);
  if (outcome === 'shown') out.talk('nothing was changed; --yes records it');
}

async function production(context: Context, yes: boolean): Promise<Outcome> {
  const { out } = context;
  const reports = [];
  for (const { target } of targetsByDatabase(context)) {
    const outcome = await onSession(target, { app: 'db mark production' }, (session) => marking(session, yes, out));
    reports.push({ target: target.label, production: outcome !== 'shown', outcome });
    if (!out.json) out.data(`${target.label} ${PRODUCTION[outcome]}`);
  }
  const shown = reports.some(({ outcome }) => outcome === 'shown');
  if (shown && !out.json) out.talk('nothing was changed; --yes records it');
  return { exit: shown ? EXIT.decision : EXIT.ok, code: shown ? 'DB_CONFIRM' : 'OK', domains: reports };
}

const PRODUCTION = {
  'nothing to do': 'is marked as production already',
  shown:
    'would be marked as production: demo seeds, undoing everything and resetting are refused there, and no command takes the mark away',
  marked: 'is marked as production',
} as const;

async function marking(session: Session, yes: boolean, out: Output): Promise<keyof typeof PRODUCTION> {
  if (await isProduction(session)) return 'nothing to do';
  if (!yes) return 'shown';
  await ensureHistory(session, { waitMs: 60_000, onWait: sayWaiting(out) });
  await markProduction(session);
  return 'marked';
}
