import { grammar } from '../../sql/parse.ts';

interface Word {
  readonly text: string;
  /** In bytes. */
  readonly start: number;
  readonly end: number;
}

/** Parts of a statement's text, cut by the grammar's own tokens; offsets are in bytes, as the parse tree has them. */
export interface Clauses {
  /** From an offset to the comma or bracket that ends that part, or to one of the words, or to the end. */
  from(offset: number, ...until: readonly string[]): string;
  /** What stands in the first brackets behind an offset. */
  inBrackets(offset: number): string;
  /** The whole text with a word put behind the first one of these. */
  withAfter(word: string, added: string): string;
}

/** Nothing is scanned until something is asked for. */
export function clausesOf(text: string): Clauses {
  let scanned: readonly Word[] | undefined;
  const bytes = Buffer.from(text, 'utf8');
  const words = () => {
    scanned ??= scan(text);
    return scanned;
  };
  const cut = (start: number, end: number) => bytes.subarray(start, end).toString('utf8').trim();
  return {
    from: (offset, ...until) => cut(offset, endOfPart(words(), offset, until) ?? bytes.length),
    inBrackets: (offset) => {
      const open = words().findIndex(({ text: word, start }) => start >= offset && word === '(');
      const from = words()[open];
      if (from === undefined) return '';
      return cut(from.end, endOfPart(words().slice(open + 1), from.end, []) ?? bytes.length);
    },
    withAfter: (word, added) => {
      const found = words().find((candidate) => candidate.text.toUpperCase() === word);
      if (found === undefined) return text;
      return `${cut(0, found.end)} ${added} ${cut(found.end, bytes.length)}`;
    },
  };
}

/** Where a part ends: at a comma, a closing bracket or one of the words, outside of brackets. */
function endOfPart(words: readonly Word[], offset: number, until: readonly string[]): number | undefined {
  let depth = 0;
  for (const { text, start } of words) {
    if (start < offset) continue;
    if (depth === 0 && (text === ',' || text === ')')) return start;
    if (depth === 0 && start > offset && until.includes(text.toUpperCase())) return start;
    if (text === '(' || text === '[') depth += 1;
    if (text === ')' || text === ']') depth -= 1;
  }
  return undefined;
}

function scan(text: string): readonly Word[] {
  const bytes = Buffer.from(text, 'utf8');
  return grammar()
    .scanSync(text)
    .tokens.filter(({ tokenName }) => tokenName !== 'SQL_COMMENT' && tokenName !== 'C_COMMENT')
    .map(({ start, end }) => ({ text: bytes.subarray(start, end).toString('utf8'), start, end }));
}
