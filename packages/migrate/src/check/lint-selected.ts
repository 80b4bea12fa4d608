import { readLintFile } from '../lint/lint-file.ts';
import { type LintResult, lintFiles } from '../lint/lint-files.ts';
import type { LintReport } from '../lint/report/text-report.ts';
import { loadGrammar } from '../sql/parse.ts';
import type { Selected } from './lint-sources.ts';

/** Looks for hazards in the files that are asked about. One that cannot be read is a finding, also where it only came before. */
export async function lintSelected({ sources, wanted }: Selected): Promise<LintReport> {
  await loadGrammar();
  const read = sources.map((source) => ({ source, answer: readLintFile(source) }));
  const files = read.flatMap(({ answer }) => (answer.ok ? [answer.file] : []));
  const broken = read.flatMap(({ source, answer }) => (answer.ok || !wanted.has(source.path) ? [] : [answer.finding]));
  const result: LintResult = lintFiles(files, ({ path }) => wanted.has(path));
  return { files: wanted.size, findings: [...broken, ...result.findings], allowed: result.allowed };
}
