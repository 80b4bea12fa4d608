import type { ParsedMigration } from '../files/parse-migration.ts';
import { lintFiles } from '../lint/lint-files.ts';
import type { LintFile } from '../lint/rule.ts';
import type { DraftFile } from '../online/plan-online.ts';
import { parseSql } from '../sql/parse.ts';

/** The draft with those of its allowances that lint asks for behind this history: one that nothing needs would be a finding. Pure; the
 *  grammar must be loaded. */
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
  const { findings } = lintFiles([...before, ...drafts], (file) => drafts.includes(file));
  return files.map((file, number) => {
    const found = new Set(findings.filter(({ path }) => path === drafts[number]?.path).map(({ code }) => code));
    return { ...file, allow: Object.fromEntries(Object.entries(file.allow).filter(([code]) => found.has(code))) };
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
