import { type DriftReport, driftDomain } from '../../drift/drift-domain.ts';
import { EXIT } from '../../errors/codes.ts';
import { countOf } from '../../errors/count-of.ts';
import type { Context, Outcome } from '../command.ts';
import { differenceLines } from '../difference-lines.ts';
import type { Output } from '../output.ts';

export async function run({ out, domains, target, finished }: Context): Promise<Outcome> {
  const targets = domains.map((domain) => ({ domain, target: target(domain) }));
  const reports: DriftReport[] = [];
  for (const { domain, target } of targets) {
    const report = await driftDomain(domain, target);
    reports.push(report);
    finished.push(report);
    if (!out.json) show(out, report);
  }
  const differs = reports.some(({ differences }) => differences.length > 0);
  const unknown = reports.some(({ state }) => state !== 'compared');
  if (!differs && !unknown) return { exit: EXIT.ok, code: 'OK', domains: reports };
  const code = differs ? 'DB_DRIFT' : 'DB_NOT_RECORDED';
  if (!out.json) out.talk(differs ? FIX_DRIFT : FIX_NOT_RECORDED);
  return { exit: EXIT.no, code, domains: reports };
}

const FIX_DRIFT =
  'fix: write a migration for what shall stay, undo the rest by hand, or allow it with a reason in db.config.ts: drift: [{ object, reason }]';
const FIX_NOT_RECORDED = 'fix: pnpm db migrate (records the catalog, also with nothing pending)';

function show(out: Output, report: DriftReport): void {
  const { domain, target, state, differences, allowed, unused, begunAt } = report;
  const clean = state === 'compared' && differences.length === 0;
  out.data(`${clean ? out.paint('green', 'ok') : out.paint('red', 'no')} ${out.paint('bold', domain)} → ${target}`);
  if (state === 'not recorded')
    out.data('  not recorded yet: this history was made without the engine; run `pnpm db migrate`');
  if (state === 'open') {
    const since = begunAt === null ? '' : ` of ${begunAt.toISOString()}`;
    out.data(
      `  a run${since} has not recorded its end: it still goes on, or was cut; then \`pnpm db migrate\` finishes it`,
    );
  }
  for (const line of differenceLines(differences)) out.data(`  ${line}`);
  showAdoption(out, report);
  for (const { object, state: how, reason } of allowed.filter(({ partOf }) => partOf === null))
    out.data(`  allowed: ${how} ${object} (${reason})`);
  for (const { object } of unused) out.talk(`  note: the allow-list entry "${object}" is not needed any more`);
}

/** What an adoption left otherwise than declared. */
function showAdoption(out: Output, { adoption }: DriftReport): void {
  if (adoption === null) return;
  if (adoption.state === 'adopting' || adoption.state === 'finishing')
    out.data(`  an adoption is half done: \`pnpm db adopt\` goes on with it`);
  for (const { object, why } of adoption.waiting) out.data(`  waiting: ${object} (${why})`);
  if (adoption.retained.length > 0)
    out.talk(
      `  note: ${countOf(adoption.retained.length, 'undeclared object')} kept since the adoption; --json lists them`,
    );
}
