import { resolve } from 'node:path';
import { openKit } from '../../author/drizzle-kit.ts';
import type { Generated } from '../../author/generated.ts';
import type { Hint } from '../../author/hints.ts';
import { asCreated, asRenamed, hasData, type RenameQuestion } from '../../author/rename-question.ts';
import { type Project, rememberUnchanged } from '../../author/unchanged.ts';
import type { WrittenFile } from '../../author/write-folders.ts';
import { EXIT } from '../../errors/codes.ts';
import { countOf } from '../../errors/count-of.ts';
import { askToChoose } from '../ask.ts';
import type { Context, Outcome } from '../command.ts';
import type { Output } from '../output.ts';
import { requireSlug } from '../slug.ts';

interface Options {
  readonly name: string;
  readonly hints?: string;
  readonly scratchUrl?: string;
  readonly statsUrl?: string;
}

/** Looks, in any case: what is known to be unchanged was said before (`said-unchanged.ts`). */
export async function run(
  { out, domains, config, configFile, root, cwd, guard }: Context,
  options: Options,
): Promise<Outcome> {
  const name = requireSlug('--name', options.name);
  const project = configFile === null ? null : { root, configFile, domains: config.domains };
  // Begun before the rest is loaded: drizzle-kit takes longest to load.
  using kit = openKit(root);
  const [{ generateDomains }, { sourcesOnce }] = await Promise.all([
    import('../../author/generate-domains.ts'),
    import('../../contract/contract-findings.ts'),
  ]);
  const reports = await generateDomains(domains, {
    ...{ root, kit, name },
    hints: options.hints === undefined ? undefined : resolve(cwd, options.hints),
    decide: out.json ? undefined : decide,
    scratchUrl: options.scratchUrl,
    statsUrl: options.statsUrl,
    today: new Date().toISOString().slice(0, 10),
    sources: sourcesOnce(root),
    guard,
    talk: out.talk,
    onDomain: (name) => out.progress(`… ${name}`),
  });
  if (project !== null) remember(project, domains);
  for (const report of reports) show(report, out);
  if (reports.some(({ migration }) => migration !== null))
    out.talk(
      `next: review the files${reports.some(({ hazards }) => hazards.length > 0) ? ', with the safe forms of `pnpm db lint`,' : ''} and write their purpose, then \`pnpm db check\` and \`pnpm db migrate\``,
    );
  return { exit: EXIT.ok, code: 'OK', domains: reports };
}

/** Whatever was generated is proven to lead to what is declared: the next run has nothing to do. */
function remember(project: Project, domains: Context['domains']): void {
  try {
    rememberUnchanged(project, domains);
  } catch {
    // It only saves time: the next run looks again.
  }
}

/** Asks on the terminal what something new was before. */
async function decide(question: RenameQuestion): Promise<Hint | undefined> {
  const { kind, entity, candidates } = question;
  const names = candidates.map((former) => former.join('.'));
  const dropped = `it is new; ${names.join(', ')} will be dropped${hasData(question) ? ', with its data' : ''}`;
  const isNew = names.length === 0 ? 'it is new' : dropped;
  const labels = [...names.map((name) => `it is ${name}, renamed`), isNew];
  const chosen = await askToChoose(`${kind} ${entity.join('.')}: what was it before?`, labels);
  if (chosen === undefined) return undefined;
  const from = candidates[chosen];
  return from === undefined ? asCreated(question) : asRenamed(question, from);
}

function show(report: Generated, out: Output): void {
  if (!out.json) for (const line of describe(report)) out.data(line);
  const warn = (text: string) => out.talk(`  ${out.paintTalk('yellow', 'warning')}: ${text}`);
  for (const { statement, losesData } of report.drops) warn(`${statement}${losesData ? ' (its data is lost)' : ''}`);
  for (const { statement, why, fix } of report.warnings) warn(`${why}: ${statement}\n    ${fix}`);
  for (const same of Map.groupBy(report.hazards, ({ path, code }) => `${path} ${code}`).values())
    showHazards(same, out);
  for (const { path, irreversible } of report.files)
    if (irreversible !== null) warn(`${path} cannot be undone: ${irreversible}`);
  if (report.proof !== null) out.talk(`  proof: ${report.proof}`);
}

/** Of one code in one file; where they are many, the first ones. */
function showHazards(hazards: Generated['hazards'], out: Output): void {
  for (const { code, severity, path, message } of hazards.slice(0, SHOWN))
    out.talk(`  ${out.paintTalk(severity === 'error' ? 'red' : 'yellow', severity)}: ${path} ${code}: ${message}`);
  if (hazards.length > SHOWN)
    out.talk(`    ${hazards[0]?.code} ${hazards.length - SHOWN} times more: \`pnpm db lint\` shows all`);
}

const SHOWN = 5;

function describe({ domain, files, statements, objects }: Generated): readonly string[] {
  const [first, ...more] = files;
  if (first === undefined) return [`${domain}: no changes`];
  return [
    `${domain}: ${describeFile(first)}  (${countOf(statements, 'statement')}, ${countOf(objects, 'object')})`,
    ...more.map((file) => `${domain}: ${describeFile(file)}`),
  ];
}

function describeFile({ path, noTransaction, contract }: WrittenFile): string {
  const words = [...(noTransaction ? ['no transaction'] : []), ...(contract ? ['a later release'] : [])];
  return words.length === 0 ? path : `${path}  [${words.join(', ')}]`;
}
