import { countOf } from '../../errors/count-of.ts';
import type { AllowedFinding, LintFinding } from '../lint-files.ts';

type Paint = (style: 'red' | 'yellow' | 'dim' | 'bold', text: string) => string;

/** What was looked at and found. */
export interface LintReport {
  /** How many files were looked at. */
  readonly files: number;
  readonly findings: readonly LintFinding[];
  readonly allowed: readonly AllowedFinding[];
}

/** Each finding with its place, reason and safe form, and a last line that counts. */
export function textReport({ files, findings, allowed }: LintReport, paint: Paint): readonly string[] {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const counts = [countOf(errors, 'error'), countOf(findings.length - errors, 'warning')].join(', ');
  const accepted = allowed.length === 0 ? '' : `, ${allowed.length} allowed`;
  return [...findings.flatMap((finding) => lines(finding, paint)), `${countOf(files, 'file')}: ${counts}${accepted}`];
}

function lines({ code, severity, path, line, statement, message, why, instead, safe }: LintFinding, paint: Paint) {
  const style = severity === 'error' ? 'red' : 'yellow';
  return [
    `${paint('bold', `${path}:${line}`)} ${paint(style, severity)} ${code}`,
    ...(statement === '' ? [] : [`  ${paint('dim', statement)}`]),
    ...indent(message),
    ...indent(why),
    ...indent(`do: ${instead}`),
    ...(safe === null ? [] : ['', ...indent(safe, '    ')]),
    '',
  ];
}

const indent = (text: string, by = '  ') => text.split('\n').map((part) => (part === '' ? '' : by + part));
