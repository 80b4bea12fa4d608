import { dirname, join, resolve } from 'node:path';
import { schemaAhead } from '../author/schema-ahead.ts';
import type { DomainConfig } from '../config/config.ts';
import { contractFindings } from '../contract/contract-findings.ts';
import type { SourceProgram } from '../contract/source-program.ts';
import { DbError } from '../errors/db-error.ts';
import { parseHistory } from '../files/parse-history.ts';
import { readHistory } from '../files/read-history.ts';
import { replacedNames } from '../files/replaces.ts';
import type { LintFinding } from '../lint/lint-files.ts';
import { changedFiles } from './against-base.ts';
import type { Base } from './base.ts';
import { fileFindings } from './file-findings.ts';
import { type CheckFinding, finding } from './finding.ts';
import { forkFindings } from './forks.ts';
import { lintSelected } from './lint-selected.ts';
import { domainSources } from './lint-sources.ts';
import { newMigrations } from './new-migrations.ts';
import { readSnapshots, type SnapshotFile } from './read-snapshots.ts';
import { snapshotFaults } from './snapshot-dag.ts';

export interface CheckReport {
  readonly domain: string;
  /** What keeps the history from being good. */
  readonly findings: readonly CheckFinding[];
  /** What `lint` warns of in new migrations; it fails nothing. */
  readonly warnings: readonly CheckFinding[];
}

export interface CheckOptions {
  /** Folder of the configuration. */
  readonly root: string;
  /** Folder that paths are shown from. */
  readonly shown: string;
  /** Undefined: nothing is compared with a base branch. */
  readonly base: Base | undefined;
  readonly now: Date;
  /** The code that may name what a contract migration takes away; read only where there is one. */
  readonly sources: () => Promise<SourceProgram>;
}

/** Files, snapshots, schema and base branch of one domain against each other. Every fault is a finding; none ends the check. */
export async function checkDomain(domain: DomainConfig, options: CheckOptions): Promise<CheckReport> {
  const { base, root } = options;
  const [own, changed, used, { findings, warnings }] = await Promise.all([
    asFindings(() => history(domain, options)),
    base === undefined ? [] : asFindings(() => compared(domain, root, base)),
    base === undefined ? [] : asFindings(() => namedByCode(domain, options, base)),
    newHazards(domain, options),
  ]);
  return { domain: domain.name, findings: distinct([...own, ...changed, ...used, ...findings]), warnings };
}

/** A file that cannot be read is found by each part that reads it. */
function distinct(findings: readonly CheckFinding[]): readonly CheckFinding[] {
  return [...new Map(findings.map((found) => [`${found.code} ${found.message}`, found])).values()];
}

async function compared(domain: DomainConfig, root: string, base: Base): Promise<readonly CheckFinding[]> {
  // What cannot be read here is a finding of its own.
  const files = await readHistory(join(root, domain.migrations), root).catch(() => []);
  return await changedFiles(domain, root, base, replacedNames(files));
}

async function history(domain: DomainConfig, { root, base, now }: CheckOptions): Promise<readonly CheckFinding[]> {
  const migrations = await parseHistory(domain, root);
  const names = migrations.map(({ name }) => name);
  const files = await asFindings(() => fileFindings(domain, migrations, now));
  return [
    ...files,
    ...(await asFindings(async () => {
      const snapshots = readSnapshots(join(root, domain.migrations), root, names);
      const faults = snapshotFaults(snapshots).map(finding);
      const forks = await forkFindings(domain, migrations, snapshots, base);
      const isWhole = faults.length + forks.length === 0;
      return [...faults, ...forks, ...(isWhole ? await ahead(domain, root, snapshots) : [])];
    })),
  ];
}

/** The schema against the state that the snapshots give. */
async function ahead(
  domain: DomainConfig,
  root: string,
  snapshots: readonly SnapshotFile[],
): Promise<readonly CheckFinding[]> {
  const { schema } = await domain.load();
  const answer = await schemaAhead(root, schema, snapshots);
  if (answer.state === 'equal') return [];
  const first = answer.state === 'ahead' ? answer.statements[0] : undefined;
  const what =
    answer.state === 'undecided'
      ? ' (something may have been renamed)'
      : first === undefined
        ? ''
        : ` (${oneLine(first)})`;
  return [finding(`the schema is ahead of the migrations${what}: run \`pnpm db generate\``)];
}

const SHOWN = 100;

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > SHOWN ? `${line.slice(0, SHOWN - 1)}…` : line;
}

/** What new contract migrations take away, and code still names. */
async function namedByCode(
  domain: DomainConfig,
  { root, sources }: CheckOptions,
  base: Base,
): Promise<readonly CheckFinding[]> {
  const [migrations, isNew] = await Promise.all([parseHistory(domain, root), newMigrations(domain, root, base)]);
  const pending = migrations.filter(({ path }) => isNew(dirname(resolve(root, path))));
  return await contractFindings(domain, pending, sources);
}

/** Hazards of the migrations that the base branch has not; without a base branch of none. */
async function newHazards(
  domain: DomainConfig,
  { root, shown, base }: CheckOptions,
): Promise<Pick<CheckReport, 'findings' | 'warnings'>> {
  if (base === undefined) return { findings: [], warnings: [] };
  const found: LintFinding[] = [];
  const broken = await asFindings(async () => {
    const isNew = await newMigrations(domain, root, base);
    const { findings } = await lintSelected(await domainSources(domain, root, shown, isNew));
    found.push(...findings.filter(({ code }) => code.startsWith('LINT_')));
    return [];
  });
  const ofSeverity = (wanted: LintFinding['severity']) =>
    found.filter(({ severity }) => severity === wanted).map(inWords);
  // What cannot be read is a finding of the history already.
  return { findings: broken.length > 0 ? [] : ofSeverity('error'), warnings: ofSeverity('warning') };
}

function inWords({ code, path, line, message }: LintFinding): CheckFinding {
  return { code, message: `${path}:${line}: ${message}; \`pnpm db lint\` has the safe form` };
}

async function asFindings(find: () => Promise<readonly CheckFinding[]>): Promise<readonly CheckFinding[]> {
  try {
    return await find();
  } catch (error) {
    if (!(error instanceof DbError)) throw error;
    return [{ code: error.code, message: error.message }];
  }
}
