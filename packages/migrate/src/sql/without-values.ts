import type { ScanToken } from 'libpg-query';
import { grammar } from './parse.ts';

export interface QueryShape {
  /** The text with `$n` for every literal, numbered after its own parameters, and without comments; at most 200 characters. */
  readonly query: string;
  /** Equal for equal shapes. Empty where the text cannot be parsed. */
  readonly fingerprint: string;
}

/** What may be shown of somebody's statement: no value is in it, whatever kind of statement it is. Text that cannot be read is not
 *  shown at all. Pure; the grammar must be loaded. */
export function withoutValues(text: string): QueryShape {
  return { query: shape(text), fingerprint: fingerprint(text) };
}

const LITERALS = new Set(['SCONST', 'ICONST', 'FCONST']);
const COMMENTS = new Set(['SQL_COMMENT', 'C_COMMENT']);
const LENGTH_MAX = 200;

function shape(text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  try {
    const { tokens } = grammar().scanSync(text);
    let parameter = Math.max(
      0,
      ...tokens.map((token) => (token.tokenName === 'PARAM' ? Number(token.text.slice(1)) : 0)),
    );
    let end = 0;
    let shown = '';
    for (const token of tokens) {
      shown += bytes.subarray(end, token.start).toString('utf8');
      end = token.end;
      if (COMMENTS.has(token.tokenName)) continue;
      if (isShown(token)) shown += bytes.subarray(token.start, token.end).toString('utf8');
      else {
        parameter += 1;
        shown += `$${parameter}`;
      }
    }
    return shown.replaceAll(/\s+/g, ' ').trim().slice(0, LENGTH_MAX);
  } catch {
    return '(not shown)';
  }
}

/** The scanner has no name for some tokens, `X'0F'` and `=>` among them: of those, operators and keywords only. */
function isShown({ tokenName, keywordName, text }: ScanToken): boolean {
  if (tokenName !== 'UNKNOWN') return !LITERALS.has(tokenName);
  return keywordName !== 'NO_KEYWORD' || !/[\p{L}\p{N}'"]/u.test(text);
}

function fingerprint(text: string): string {
  try {
    return grammar().fingerprintSync(text);
  } catch {
    return '';
  }
}
