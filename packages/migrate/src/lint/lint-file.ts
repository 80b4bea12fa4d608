import { DbError } from '../errors/db-error.ts';
import { MAYBE_WORDS, parseHeader } from '../files/header.ts';
import { normalizeText } from '../files/normalize.ts';
import { parseSql } from '../sql/parse.ts';
import type { LintFinding } from './lint-files.ts';
import { upPart } from './plain-layout.ts';
import type { LintFile } from './rule.ts';

/** A text to be looked at. */
export interface LintSource {
  /** As messages name it. */
  readonly path: string;
  readonly text: string;
  readonly runner: LintFile['runner'];
  /** That its names must stay in. NULL: any. */
  readonly schema: string | null;
}

export type ReadLintFile =
  | { readonly ok: true; readonly file: LintFile }
  /** It cannot be read, which is a finding like others. */
  | { readonly ok: false; readonly finding: LintFinding };

/** Parses a text with its engine words; a plain one is cut before its way back. Pure; the grammar must be loaded. */
export function readLintFile({ path, text, runner, schema }: LintSource): ReadLintFile {
  const whole = normalizeText(text);
  const { sql, noTransaction } = runner === 'plain' ? upPart(whole) : { sql: whole, noTransaction: false };
  const parsed = parseSql(sql, MAYBE_WORDS);
  if (!parsed.ok) {
    const { message, line, excerpt } = parsed.fault;
    return { ok: false, finding: unreadable('DB_FILE_SYNTAX', path, line, `${message}\n${excerpt}`) };
  }
  try {
    const header = parseHeader(parsed.comments, path);
    const { contract, allow, inBatches } = header;
    const alone = noTransaction || header.noTransaction;
    return {
      ok: true,
      file: { path, statements: parsed.statements, noTransaction: alone, inBatches, contract, allow, runner, schema },
    };
  } catch (error) {
    if (!(error instanceof DbError)) throw error;
    return { ok: false, finding: unreadable(error.code, path, 1, error.facts.why) };
  }
}

/** A finding for a file that no rule can look into. `code` is one of docs/errors.md. */
export function unreadable(code: string, path: string, line: number, message: string): LintFinding {
  return {
    code,
    severity: 'error',
    path,
    line,
    statement: '',
    message,
    why: 'What cannot be read cannot be judged.',
    instead: 'Correct it; docs/errors.md has the code.',
    safe: null,
  };
}
