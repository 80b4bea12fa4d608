import { openScratch } from '../../author/scratch.ts';
import { EXIT } from '../../errors/codes.ts';
import { DbError } from '../../errors/db-error.ts';
import { ensureHistory } from '../../history/ensure.ts';
import { markProduction } from '../../history/production.ts';
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
  if (what === 'production' && name === undefined) return await production(context);
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
  await using scratch = await openScratch(options.scratchUrl, out.talk);
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

async function production(context: Context): Promise<Outcome> {
  const databases = targetsByDatabase(context);
  for (const { target } of databases) {
    await onSession(target, { app: 'db mark production' }, async (session) => {
      await ensureHistory(session, { waitMs: 60_000, onWait: sayWaiting(context.out) });
      await markProduction(session);
    });
    if (!context.out.json) context.out.data(`${target.label} is marked as production`);
  }
  return {
    exit: EXIT.ok,
    code: 'OK',
    domains: databases.map(({ target }) => ({ target: target.label, production: true })),
  };
}
