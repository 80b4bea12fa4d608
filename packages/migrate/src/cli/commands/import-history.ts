import { scratchWhenNeeded } from '../../author/scratch.ts';
import { EXIT } from '../../errors/codes.ts';
import { countOf } from '../../errors/count-of.ts';
import { DbError } from '../../errors/db-error.ts';
import { type ImportReport, importDomain } from '../../import-history/import-domain.ts';
import { LEDGERS, type LedgerTool } from '../../import-history/ledger.ts';
import { replayOn } from '../../repair/replay.ts';
import type { Context, Outcome } from '../command.ts';
import { differenceLines } from '../difference-lines.ts';
import type { Output } from '../output.ts';
import { parseSeconds } from '../parse-seconds.ts';
import { sayWaiting } from '../say-waiting.ts';

interface Options {
  readonly from: string;
  readonly table?: string;
  readonly yes?: boolean;
  readonly scratchUrl?: string;
  readonly lockWait: string;
}

export async function run(context: Context, options: Options): Promise<Outcome> {
  const { out, root } = context;
  const { from } = options;
  if (!isTool(from))
    throw new DbError('DB_USAGE', { why: `--from: expected one of ${Object.keys(LEDGERS).join(', ')}, got ${from}` });
  const [domain, ...others] = context.domains;
  if (domain === undefined || others.length > 0)
    throw new DbError('DB_USAGE', { why: 'import-history is about one domain: expected exactly one --domain' });
  const target = context.target(domain);
  const lock = { waitMs: parseSeconds('--lock-wait', options.lockWait) * 1000, onWait: sayWaiting(out) };
  const table = options.table ?? LEDGERS[from].table;
  await using scratch = scratchWhenNeeded(options.scratchUrl, out.talk);
  const replay = replayOn(scratch, domain);
  const report = await importDomain(domain, { root, target, from, table, yes: options.yes === true, replay, lock });
  if (!out.json) show(out, report, table);
  const shown = report.outcome === 'shown';
  return { exit: shown ? EXIT.decision : EXIT.ok, code: shown ? 'DB_CONFIRM' : 'OK', domains: [report] };
}

function isTool(from: string): from is LedgerTool {
  return Object.hasOwn(LEDGERS, from);
}

function show(
  out: Output,
  { domain, target, imported, skipped, differences, unknown, outcome }: ImportReport,
  table: string,
): void {
  const title = `${out.paint('bold', domain)} → ${target}`;
  if (outcome === 'nothing to do') out.data(`${title}: everything in ${table} is recorded already`);
  else
    out.data(
      `${title}: ${countOf(imported.length, 'migration')} ${outcome === 'imported' ? 'recorded as applied' : 'would be recorded as applied'}`,
    );
  for (const { name, sameText } of imported)
    out.data(`  ${name}${sameText === false ? '  (its text differs from what was applied)' : ''}`);
  for (const name of skipped) out.data(`  passed over by the other tool, pending here: ${name}`);
  if (outcome === 'nothing to do') return;
  if (differences === null) out.data(`  nobody can tell whether the catalog bears it out: ${unknown}`);
  else if (differences.length === 0) out.data('  the catalog bears it out');
  else out.data('  the catalog does not bear it out; these stay as they are, and are drift from then on:');
  for (const line of differenceLines(differences ?? [])) out.data(`  ${line}`);
  if (outcome === 'shown') out.talk('nothing was changed; --yes records it');
}
