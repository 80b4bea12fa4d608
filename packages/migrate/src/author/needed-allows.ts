import type { ParsedMigration } from '../files/parse-migration.ts';
import { lintFiles } from '../lint/lint-files.ts';
import type { LintFile } from '../lint/rule.ts';
import type { DraftFile } from '../online/plan-online.ts';
import { parseSql } from '../sql/parse.ts';

/** A table that an earlier file of the change makes has no rows to speak of in a later one; the later file alone does not tell. */
const OF_A_NEW_TABLE = 'its table is made by the same change';

/** The draft with those of its allowances that lint asks for behind this history, for one that nothing needs would be a finding, and with
 *  one for each hazard that is none because the table is as new as the change. Pure; the grammar must be loaded. */
export function withNeededAllows(
  files: readonly DraftFile[],
  history: readonly ParsedMigration[],
  schema: string,
): readonly DraftFile[] {
  const before = history.map(({ path, statements, header }) => lintFile(path, schema, statements, header));
  const drafts = files.map((file, number) => {
    const parsed = parseSql(file.statements.map((statement) => `${statement};`).join('\n'));
    return lintFile(`draft ${number}`, schema, parsed.ok ? parsed.statements : [], { ...file, allow: {} });
  });
  const change = drafts.map(({ path }) => path);
  const codesIn = (looked: readonly LintFile[]) => {
    const { findings } = lintFiles([...before, ...looked], (file) => looked.includes(file));
    return drafts.map(({ path }) => new Set(findings.filter((one) => one.path === path).map(({ code }) => code)));
  };
  const apart = codesIn(drafts);
  const open = files.some(({ allow }, number) => [...(apart[number] ?? [])].some((code) => allow[code] === undefined));
  const together = open ? codesIn(drafts.map((draft) => ({ ...draft, change }))) : [];
  return files.map((file, number) => {
    const found = [...(apart[number] ?? [])];
    const allow = found.flatMap((code) => {
      const why = file.allow[code] ?? (together[number]?.has(code) === false ? OF_A_NEW_TABLE : undefined);
      return why === undefined ? [] : [[code, why] as const];
    });
    return { ...file, allow: Object.fromEntries(allow) };
  });
}

function lintFile(
  path: string,
  schema: string,
  statements: LintFile['statements'],
  { noTransaction, inBatches, contract, allow }: Pick<LintFile, 'noTransaction' | 'inBatches' | 'contract' | 'allow'>,
): LintFile {
  return { path, statements, noTransaction, inBatches, contract, allow, runner: 'engine', schema };
}
