import type { CheckFinding } from '../check/finding.ts';
import type { DomainConfig } from '../config/config.ts';
import { DbError } from '../errors/db-error.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import type { DraftFile } from '../online/plan-online.ts';
import { parseSql } from '../sql/parse.ts';
import { named } from './declared.ts';
import { findUses, type Use } from './find-uses.ts';
import { openSources, type SourceProgram } from './source-program.ts';
import { describeTaken, type TakenAway, takenAway } from './taken-away.ts';

const SHOWN_MAX = 40;

/** The code that still names what contract migrations take away: a finding for each file, with every place. Where none of the migrations
 *  is a contract nothing is loaded; the sources are read once for all domains that `sources` is shared by. */
export async function contractFindings(
  domain: DomainConfig,
  migrations: readonly ParsedMigration[],
  sources: () => Promise<SourceProgram>,
): Promise<readonly CheckFinding[]> {
  const contracts = migrations
    .map((migration) => ({ migration, taken: takenAway(migration.statements, domain.schema) }))
    .filter(({ migration, taken }) => migration.header.contract && taken.length > 0);
  if (contracts.length === 0) return [];
  const [program, { schema }] = await Promise.all([sources(), domain.load()]);
  return contracts.flatMap(({ migration, taken }) =>
    [
      ...findUses(
        program,
        taken.map((one) => named(one, schema)),
      ),
    ].flatMap(([one, uses]) => (uses.length === 0 ? [] : [asFinding(migration, one, uses)])),
  );
}

/** Refuses to write contract files while code names what they take away.
 *  @throws {DbError} DB_CONTRACT_USED with every place */
export async function requireUnused(
  domain: DomainConfig,
  drafts: readonly DraftFile[],
  sources: () => Promise<SourceProgram>,
): Promise<void> {
  const parsed = drafts.filter(({ contract }) => contract).map(({ statements }) => parseSql(statements.join(';\n')));
  const taken = takenAway(
    parsed.flatMap((one) => (one.ok ? one.statements : [])),
    domain.schema,
  );
  if (taken.length === 0) return;
  const [program, { schema }] = await Promise.all([sources(), domain.load()]);
  const found = findUses(
    program,
    taken.map((one) => named(one, schema)),
  );
  const used = [...found].filter(([, uses]) => uses.length > 0);
  if (used.length === 0) return;
  throw new DbError('DB_CONTRACT_USED', {
    domain: domain.name,
    why: used
      .map(([one, uses]) => `${describeTaken(one)} would be taken away, and code names it:${listed(uses)}`)
      .join('\n'),
    changed: 'nothing was written',
    data: { uses: used.map(([one, uses]) => ({ name: describeTaken(one), uses })) },
  });
}

/** The sources of the workspace that a configuration lies in, read at the first call only. */
export function sourcesOnce(root: string): () => Promise<SourceProgram> {
  let opened: Promise<SourceProgram> | undefined;
  return () => {
    opened ??= openSources(root);
    return opened;
  };
}

function asFinding({ path }: ParsedMigration, taken: TakenAway, uses: readonly Use[]): CheckFinding {
  return {
    code: 'DB_CONTRACT_USED',
    message: `${path} takes ${describeTaken(taken)} away, and code names it:${listed(uses)}`,
  };
}

function listed(uses: readonly Use[]): string {
  const shown = uses.slice(0, SHOWN_MAX).map(({ file, line, use }) => `\n     ${file}:${line}: ${use}`);
  const more = uses.length > SHOWN_MAX ? `\n     and ${uses.length - SHOWN_MAX} more` : '';
  return shown.join('') + more;
}
