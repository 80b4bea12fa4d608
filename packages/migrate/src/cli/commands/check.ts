import { type Base, findBase } from '../../check/base.ts';
import { type CheckReport, checkDomain } from '../../check/check-domain.ts';
import { type CheckFinding, finding } from '../../check/finding.ts';
import { sourcesOnce } from '../../contract/contract-findings.ts';
import { EXIT } from '../../errors/codes.ts';
import { DbError } from '../../errors/db-error.ts';
import type { Context, Outcome } from '../command.ts';
import type { Output } from '../output.ts';
import { staleFiles } from '../stale-files.ts';

interface Options {
  /** False: --no-base. */
  readonly base?: string | false;
}

export async function run(context: Context, options: Options): Promise<Outcome> {
  const { out, domains, root, cwd } = context;
  const compared = await baseOf(context, options);
  const base = compared.ok ? compared.base : undefined;
  const sources = sourcesOnce(root);
  const [reports, stale] = await Promise.all([
    Promise.all(domains.map((domain) => checkDomain(domain, { root, shown: cwd, base, now: new Date(), sources }))),
    staleFiles(context).catch(asFinding),
  ]);
  const others = [...(compared.ok ? [] : compared.findings), ...stale];
  if (base !== undefined) out.talk(`compared with ${base.ref} (${base.fork.slice(0, 9)})`);
  for (const report of reports) if (!out.json) print(out, report);
  for (const { code, message } of others) if (!out.json) out.data(`   ${code}: ${message}`);
  const failed = others.length > 0 || reports.some(({ findings }) => findings.length > 0);
  return {
    exit: failed ? EXIT.no : EXIT.ok,
    code: failed ? 'DB_FINDINGS' : 'OK',
    domains: reports,
    extra: { base: base === undefined ? null : base.ref, findings: others },
  };
}

type Compared =
  | { readonly ok: true; readonly base?: Base }
  | { readonly ok: false; readonly findings: readonly CheckFinding[] };

/** What cannot be compared is a finding: a check that passes over something says so only when it was told to. */
async function baseOf({ root, environment, out }: Context, { base }: Options): Promise<Compared> {
  if (base === false) {
    out.talk('not compared with a base branch: edited files and forks to come are not seen, new files not linted');
    return { ok: true };
  }
  const found = await findBase(root, environment, base);
  return found.ok ? { ok: true, base: found } : { ok: false, findings: [finding(`${found.why}: ${found.fix}`)] };
}

function print(out: Output, { domain, findings, warnings }: CheckReport): void {
  out.data(`${findings.length === 0 ? out.paint('green', 'ok') : out.paint('red', 'no')} ${domain}`);
  for (const { code, message } of findings) out.data(`   ${code}: ${message}`);
  for (const { code, message } of warnings) out.data(`   ${out.paint('yellow', 'warning')} ${code}: ${message}`);
}

function asFinding(error: unknown): readonly CheckFinding[] {
  // The domains have said it already.
  if (error instanceof DbError) return [];
  throw error;
}
