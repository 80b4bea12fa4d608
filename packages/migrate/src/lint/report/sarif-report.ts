import type { LintFinding } from '../lint-files.ts';
import { RULES } from '../rules.ts';

/** SARIF 2.1.0, one run: what code scanning services take. */
export function sarifReport(findings: readonly LintFinding[]): string {
  const used = [...new Set(findings.map(({ code }) => code))];
  const rules = used.map((code) => describe(code, findings));
  const results = findings.map((finding) => ({
    ruleId: finding.code,
    ruleIndex: used.indexOf(finding.code),
    level: finding.severity,
    message: { text: [finding.message, finding.instead, ...(finding.safe === null ? [] : [finding.safe])].join('\n') },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: asUri(finding.path), uriBaseId: '%SRCROOT%' },
          region: { startLine: finding.line },
        },
      },
    ],
    partialFingerprints: { 'statement/v1': `${finding.code}:${finding.path}:${finding.statement}` },
  }));
  const driver = { name: 'db lint', version: '0.0.0', rules };
  const run = { tool: { driver }, columnKind: 'unicodeCodePoints', results };
  return JSON.stringify({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [run],
  });
}

function describe(code: string, findings: readonly LintFinding[]): object {
  const rule = RULES.find((known) => known.code === code);
  const found = findings.find((finding) => finding.code === code);
  return {
    id: code,
    shortDescription: { text: rule?.title ?? code },
    fullDescription: { text: rule?.why ?? found?.why ?? code },
    help: { text: rule?.instead ?? found?.instead ?? code },
    defaultConfiguration: { level: rule?.severity ?? 'error' },
  };
}

const asUri = (path: string) => path.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
