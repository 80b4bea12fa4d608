import { grammar } from './parse.ts';

/** A word or sign of a statement, by PostgreSQL's own lexer; comments are left out. */
export interface Token {
  /** Upper case where it is a keyword. */
  readonly text: string;
  /** In bytes. */
  readonly start: number;
  readonly end: number;
  /** How many parentheses and brackets are open around it. */
  readonly depth: number;
}

/** The words of a statement, in order; the grammar must be loaded. */
export function tokensOf(sql: string): readonly Token[] {
  let depth = 0;
  return grammar()
    .scanSync(sql)
    .tokens.filter(({ text }) => !text.startsWith('--') && !text.startsWith('/*'))
    .map(({ text, start, end, keywordKind }) => {
      if (text === ')' || text === ']') depth -= 1;
      const token = { text: keywordKind === 0 ? text : text.toUpperCase(), start, end, depth };
      if (text === '(' || text === '[') depth += 1;
      return token;
    });
}

/** Cuts a statement by the lexer's places, which count bytes. */
export function cut(sql: string, start: number, end?: number): string {
  return Buffer.from(sql, 'utf8').subarray(start, end).toString('utf8');
}
