import type { LintFinding } from '../lint-files.ts';

/** One annotation a finding, as GitHub Actions reads them from the output of a step. */
export function githubReport(findings: readonly LintFinding[]): readonly string[] {
  return findings.map(({ code, severity, path, line, message, instead, safe }) => {
    const text = [message, instead, ...(safe === null ? [] : ['', safe])].join('\n');
    const place = `file=${property(path)},line=${line},title=${property(code)}`;
    return `::${severity} ${place}::${data(text)}`;
  });
}

const data = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
