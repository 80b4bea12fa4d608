import type { DomainConfig } from '../config/config.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import { replacedNames } from '../files/replaces.ts';
import { parseSql } from '../sql/parse.ts';
import { namesOnBase, textAtTip } from './against-base.ts';
import type { Base } from './base.ts';
import { type CheckFinding, finding } from './finding.ts';
import { describeShared, type NamedStatements, sharedObjects } from './shared-objects.ts';
import { type Fork, forksOf, type Snapshot } from './snapshot-dag.ts';

/** Lines of migrations that were written beside each other: two that follow the same one here, one that is older than what the base
 *  branch has, and what the base branch has got meanwhile. */
export async function forkFindings(
  domain: DomainConfig,
  migrations: readonly ParsedMigration[],
  snapshots: readonly Snapshot[],
  base: Base | undefined,
): Promise<readonly CheckFinding[]> {
  const forks = forksOf(snapshots);
  const found = forks.map((fork) => finding(describeFork(fork, migrations, domain)));
  if (base === undefined) return found;
  const [atFork, atTip] = await Promise.all([namesOnBase(domain, base, 'fork'), namesOnBase(domain, base, 'tip')]);
  const ours = migrations.filter(({ name }) => !atTip.has(name) && !atFork.has(name));
  if (ours.length === 0) return found;
  const forked = new Set(forks.flatMap(({ branches }) => branches.flat()));
  const late = lateFindings(domain, migrations, { ours: ours.filter(({ name }) => !forked.has(name)), atTip });
  return [...found, ...late, ...(await unmerged(domain, base, ours, { atTip, migrations }))];
}

const REBASE = (domain: DomainConfig) => `run \`pnpm db rebase --domain ${domain.name}\``;

function describeFork({ after, branches }: Fork, migrations: readonly ParsedMigration[], domain: DomainConfig): string {
  const of = (names: readonly string[]) => migrations.filter(({ name }) => names.includes(name));
  const pairs = branches.flatMap((line, at) =>
    branches.slice(at + 1).flatMap((other) => sharedObjects(of(line), of(other))),
  );
  const lines = branches.map((names) => names.join(', ')).join(' and ');
  return `a fork: ${lines} both follow ${after ?? 'the empty database'}; ${describeShared(pairs)}: ${REBASE(domain)}`;
}

interface Sides {
  readonly ours: readonly ParsedMigration[];
  readonly atTip: ReadonlySet<string>;
}

function lateFindings(
  domain: DomainConfig,
  migrations: readonly ParsedMigration[],
  { ours, atTip }: Sides,
): readonly CheckFinding[] {
  return ours.flatMap((own) => {
    const newer = migrations.filter(({ name }) => atTip.has(name) && name > own.name);
    const [first] = newer;
    if (first === undefined) return [];
    const shared = describeShared(sharedObjects([own], newer));
    return [
      finding(`${own.name} is older than ${first.name}, which may be applied already; ${shared}: ${REBASE(domain)}`),
    ];
  });
}

/** What the base branch has got since this branch left it, beside new migrations here. */
async function unmerged(
  domain: DomainConfig,
  base: Base,
  ours: readonly ParsedMigration[],
  { atTip, migrations }: { readonly atTip: ReadonlySet<string>; readonly migrations: readonly ParsedMigration[] },
): Promise<readonly CheckFinding[]> {
  const here = new Set([...migrations.map(({ name }) => name), ...replacedNames(migrations)]);
  const names = [...atTip].filter((name) => !here.has(name)).sort();
  if (names.length === 0) return [];
  const theirs = await Promise.all(
    names.map(async (name): Promise<NamedStatements> => {
      const parsed = parseSql((await textAtTip(domain, base, name, 'migration.sql')) ?? '');
      return { name, statements: parsed.ok ? parsed.statements : [] };
    }),
  );
  const shared = describeShared(sharedObjects(ours, theirs));
  const own = ours.map(({ name }) => name).join(', ');
  return [
    finding(
      `${base.ref} has ${names.join(', ')}, which ${own} does not know; ${shared}: merge ${base.ref}, then ${REBASE(domain)}`,
    ),
  ];
}
