import { relative, resolve } from 'node:path';
import { findBase } from '../../check/base.ts';
import { lintSelected } from '../../check/lint-selected.ts';
import { contains, domainSources, plainSources, type Selected } from '../../check/lint-sources.ts';
import { newMigrations } from '../../check/new-migrations.ts';
import type { DomainConfig } from '../../config/config.ts';
import { EXIT } from '../../errors/codes.ts';
import { DbError } from '../../errors/db-error.ts';
import { githubReport } from '../../lint/report/github-report.ts';
import { sarifReport } from '../../lint/report/sarif-report.ts';
import { type LintReport, textReport } from '../../lint/report/text-report.ts';
import type { Context, Outcome } from '../command.ts';

interface Options {
  readonly all?: boolean;
  /** False: --no-base. */
  readonly base?: string | false;
  readonly plain?: boolean;
  readonly strict?: boolean;
  readonly format: string;
}

/** A domain's report; without a name: of files that belong to none. */
interface Reported extends LintReport {
  readonly domain?: string;
}

const FORMATS = ['text', 'json', 'github', 'sarif'];

export async function run(context: Context, options: Options, args: readonly string[]): Promise<Outcome> {
  if (!FORMATS.includes(options.format))
    throw new DbError('DB_USAGE', { why: `--format ${options.format}: expected one of ${FORMATS.join(', ')}` });
  const reports = args.length === 0 ? await pending(context, options) : await named(context, options, args);
  print(context, options, reports);
  const findings = reports.flatMap((report) => report.findings);
  const failed = findings.some(({ severity }) => severity === 'error' || options.strict === true);
  const own = reports.filter(({ domain }) => domain !== undefined);
  const plain = reports.find(({ domain }) => domain === undefined);
  return {
    exit: failed ? EXIT.no : EXIT.ok,
    code: failed ? 'DB_FINDINGS' : 'OK',
    domains: own,
    ...(plain === undefined ? {} : { extra: { plain } }),
  };
}

/** What is not on the base branch yet; with --all or --no-base the whole histories. */
async function pending(context: Context, { all, base, plain }: Options): Promise<readonly Reported[]> {
  const { domains, root, cwd, out, environment } = context;
  if (plain === true || domains.length === 0)
    throw new DbError('DB_USAGE', { why: 'expected the files or folders to look at', fix: '`db lint <paths…>`' });
  if (all === true || base === false)
    return await Promise.all(domains.map((domain) => lintDomain(domain, context, () => true)));
  const found = await findBase(root, environment, base);
  if (!found.ok)
    throw new DbError('DB_USAGE', { why: found.why, fix: `${found.fix}; or look at everything with --all` });
  const { ref, fork } = found;
  out.talk(`files that are not in ${ref} (${fork.slice(0, 9)}), seen from ${relative(cwd, root) || '.'}`);
  return await Promise.all(
    domains.map(async (domain) => lintDomain(domain, context, await newMigrations(domain, root, found))),
  );
}

/** Files of a domain's history by its rules, all others as those of another project. */
async function named(context: Context, { plain }: Options, args: readonly string[]): Promise<readonly Reported[]> {
  const { domains, root, cwd } = context;
  const paths = args.map((path) => resolve(cwd, path));
  const isOf = (domain: DomainConfig) => (path: string) => {
    const folder = resolve(root, domain.migrations);
    return plain !== true && (contains(folder, path) || contains(path, folder));
  };
  const reports: Reported[] = [];
  for (const domain of domains) {
    const own = paths.filter(isOf(domain));
    if (own.length > 0)
      reports.push(
        await lintDomain(domain, context, (folder) =>
          own.some((path) => contains(path, folder) || contains(folder, path)),
        ),
      );
  }
  const others = paths.filter((path) => !domains.some((domain) => isOf(domain)(path)));
  if (others.length > 0) reports.push(merged(await Promise.all(others.map((path) => lintPlain(path, cwd)))));
  return reports;
}

async function lintDomain(
  domain: DomainConfig,
  { root, cwd }: Context,
  isWanted: (folder: string, isBaseline: boolean) => boolean,
): Promise<Reported> {
  const selected = await domainSources(domain, root, cwd, isWanted);
  return { domain: domain.name, ...(await lintSelected(selected)) };
}

async function lintPlain(path: string, cwd: string): Promise<LintReport> {
  const selected: Selected = plainSources(path, cwd);
  if (selected.sources.length === 0)
    throw new DbError('DB_USAGE', { why: 'expected .sql files', at: relative(cwd, path), fix: 'name another folder' });
  return await lintSelected(selected);
}

function merged(reports: readonly LintReport[]): LintReport {
  return {
    files: reports.reduce((sum, { files }) => sum + files, 0),
    findings: reports.flatMap(({ findings }) => findings),
    allowed: reports.flatMap(({ allowed }) => allowed),
  };
}

function print({ out }: Context, { format }: Options, reports: readonly Reported[]): void {
  if (out.json) return;
  const { findings } = merged(reports);
  if (format === 'sarif') out.data(sarifReport(findings));
  if (format === 'github') for (const line of githubReport(findings)) out.data(line);
  if (format === 'text') for (const line of textReport(merged(reports), out.paint)) out.data(line);
}
