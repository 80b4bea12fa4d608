import { scratchWhenNeeded } from '../../author/scratch.ts';
import { EXIT } from '../../errors/codes.ts';
import { type Edit, type RepairReport, repairDomain } from '../../repair/accept-edits.ts';
import { replayOn } from '../../repair/replay.ts';
import type { Context, Outcome } from '../command.ts';
import { differenceLines } from '../difference-lines.ts';
import type { Output } from '../output.ts';
import { parseSeconds } from '../parse-seconds.ts';
import { sayWaiting } from '../say-waiting.ts';

interface Options {
  readonly yes?: boolean;
  readonly scratchUrl?: string;
  readonly lockWait: string;
}

export async function run(context: Context, options: Options): Promise<Outcome> {
  const { out, domains, root, finished } = context;
  const works = domains.map((domain) => ({ domain, target: context.target(domain) }));
  const lock = { waitMs: parseSeconds('--lock-wait', options.lockWait) * 1000, onWait: sayWaiting(out) };
  await using scratch = scratchWhenNeeded(options.scratchUrl, out.talk);
  const reports: RepairReport[] = [];
  for (const { domain, target } of works) {
    const replay = replayOn(scratch, domain);
    const report = await repairDomain(domain, { root, target, yes: options.yes === true, replay, lock });
    reports.push(report);
    finished.push(report);
    if (!out.json) show(out, report);
  }
  const shown = reports.some(({ outcome }) => outcome === 'shown');
  if (shown && !out.json) out.talk('nothing was changed; --yes records the texts of the files');
  return { exit: shown ? EXIT.decision : EXIT.ok, code: shown ? 'DB_CONFIRM' : 'OK', domains: reports };
}

function show(out: Output, { domain, target, edits, differences, outcome }: RepairReport): void {
  const title = `${out.paint('bold', domain)} → ${target}`;
  if (outcome === 'nothing to do') {
    out.data(`${title}: nothing to repair`);
    return;
  }
  out.data(`${title}: ${outcome === 'repaired' ? 'accepted' : 'would be accepted'}`);
  for (const edit of edits) out.data(`  ${edit.name}: ${describeEdit(edit)}`);
  if (edits.every(({ up }) => up === 'same')) return;
  if (differences.length === 0) out.data('  the files give on an empty database what is here');
  else out.data('  the files give on an empty database something else than what is here:');
  for (const line of differenceLines(differences)) out.data(`  ${line}`);
}

function describeEdit({ up, down }: Edit): string {
  const parts = [up === 'edited' ? 'migration.sql edited' : null, down === 'same' ? null : `down.sql ${down}`];
  return parts.filter((part) => part !== null).join(', ');
}
