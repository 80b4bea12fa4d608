import { join } from 'node:path';
import type { CheckFinding } from '../check/finding.ts';
import type { DomainConfig } from '../config/config.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
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

/** The sources of the workspace that a configuration lies in, read at the first call only. */
export function sourcesOnce(root: string): () => Promise<SourceProgram> {
  let opened: Promise<SourceProgram> | undefined;
  return () => {
    opened ??= openSources(root);
    return opened;
  };
}

function asFinding({ path }: ParsedMigration, taken: TakenAway, uses: readonly Use[]): CheckFinding {
  const shown = uses.slice(0, SHOWN_MAX).map(({ file, line, use }) => `\n     ${file}:${line}: ${use}`);
  const more = uses.length > SHOWN_MAX ? `\n     and ${uses.length - SHOWN_MAX} more` : '';
  return {
    code: 'DB_CONTRACT_USED',
    message: `${join(path)} takes ${describeTaken(taken)} away, and code names it:${shown.join('')}${more}`,
  };
}
