import type { ErrorCode } from '../../errors/codes.ts';
import { ERRORS, EXIT } from '../../errors/codes.ts';
import { countOf } from '../../errors/count-of.ts';
import { type VerifyReport, verifyDomain } from '../../seeing/verify-domain.ts';
import type { Context, Outcome } from '../command.ts';
import type { Output } from '../output.ts';

export async function run(context: Context, { verbose }: { readonly verbose?: boolean }): Promise<Outcome> {
  const { out, domains, root, finished } = context;
  const targets = domains.map((domain) => ({ domain, target: context.target(domain) }));
  const reports: VerifyReport[] = [];
  for (const { domain, target } of targets) {
    const report = await verifyDomain(domain, root, target, { listRows: verbose === true });
    reports.push(report);
    finished.push(report);
    if (!out.json) show(out, report, verbose === true);
  }
  // A code that is not ranked still is one.
  const found = reports.map((report) => report.code).filter((code) => code !== 'OK');
  const code = GRAVEST_FIRST.find((candidate) => found.includes(candidate)) ?? found[0];
  if (code === undefined) return { exit: EXIT.ok, code: 'OK', domains: reports };
  if (!out.json) out.talk(`fix: ${ERRORS[code].fix}`);
  return { exit: EXIT.no, code, domains: reports };
}

const GRAVEST_FIRST = [
  'DB_ADOPT_STATE',
  'DB_MIGRATION_EDITED',
  'DB_BASELINE',
  'DB_HALF_DONE',
  'DB_PENDING',
  'DB_NOT_READY_SCHEMA',
  'DB_DRIFT',
] as const satisfies readonly ErrorCode[];

function show(out: Output, report: VerifyReport, verbose: boolean): void {
  const { domain, target, ready, findings, notes, applied, tables, rows, ms } = report;
  const counts = `${countOf(applied.length, 'migration')}, ${countOf(tables.length, 'table or view', 'tables and views')}, ${ms} ms`;
  out.data(
    `${out.paint(ready ? 'green' : 'red', ready ? 'yes' : 'no ')} ${domain} → ${target}  ${out.paint('dim', counts)}`,
  );
  for (const finding of findings) out.data(`    ${finding}`);
  for (const note of notes) out.talk(`    note: ${note}`);
  if (!verbose) return;
  for (const name of applied) out.data(`    applied ${name}`);
  for (const name of [...tables, ...rows]) out.data(`    there   ${name}`);
}
