import { setFlagsFromString } from 'node:v8';
import type * as Grammar from './grammar.ts';

export type SqlNode = Readonly<Record<string, unknown>>;

/** One statement of a text, as PostgreSQL's own grammar sees it. */
export interface Statement {
  /** Exact text, without comments in front and without the semicolon. */
  readonly text: string;
  /** 1-based line of its first character within the parsed text. */
  readonly line: number;
  /** Node kind, for example `IndexStmt`. */
  readonly kind: string;
  readonly node: SqlNode;
}

/** A syntax error with its place. */
export interface SyntaxFault {
  readonly message: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in characters. */
  readonly column: number;
  /** The line at fault with a caret under the place. */
  readonly excerpt: string;
}

export type Parsed =
  | { readonly ok: true; readonly statements: readonly Statement[] }
  | { readonly ok: false; readonly fault: SyntaxFault };

/** Loads the grammar (WebAssembly); must be awaited once before `parseSql`. */
export async function loadGrammar(): Promise<void> {
  if (loaded !== undefined) return;
  // Optimising the grammar costs hundreds of megabytes, and half a second at exit, for a few milliseconds of parsing.
  for (const flag of ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering']) setFlagsFromString(flag);
  const module = await import('./grammar.ts');
  await module.loadModule();
  loaded = module;
}

let loaded: typeof Grammar | undefined;

/** The loaded grammar, for the modules of this room. */
export function grammar(): typeof Grammar {
  if (loaded === undefined) throw new Error('loadGrammar() must be awaited before SQL is parsed');
  return loaded;
}

/** Splits a text into statements by the real grammar: dollar quotes, comments and empty statements are no trouble. */
export function parseSql(text: string): Parsed {
  if (text.trim() === '') return { ok: true, statements: [] };
  try {
    const bytes = Buffer.from(text, 'utf8');
    const lines = lineCounter(bytes);
    const statements = (grammar().parseSync(text).stmts ?? []).map((raw): Statement => {
      const start = raw.stmt_location ?? 0;
      const end = raw.stmt_len === undefined || raw.stmt_len === 0 ? bytes.length : start + raw.stmt_len;
      const node = (raw.stmt ?? {}) as SqlNode;
      const [kind = ''] = Object.keys(node);
      return {
        text: bytes.subarray(start, end).toString('utf8').trim(),
        line: lines(start),
        kind,
        node: (node[kind] ?? {}) as SqlNode,
      };
    });
    return { ok: true, statements };
  } catch (error) {
    if (!(error instanceof grammar().SqlError)) throw error;
    return { ok: false, fault: faultAt(text, error.message, error.sqlDetails?.cursorPosition ?? 0) };
  }
}

/** All comments of a text in order, with their markers. */
export function commentsOf(text: string): readonly string[] {
  const bytes = Buffer.from(text, 'utf8');
  return grammar()
    .scanSync(text)
    .tokens.filter((token) => token.tokenName === 'SQL_COMMENT' || token.tokenName === 'C_COMMENT')
    .map((token) => bytes.subarray(token.start, token.end).toString('utf8'));
}

/** Counts lines up to growing byte offsets, each byte once. */
function lineCounter(bytes: Buffer): (offset: number) => number {
  let line = 1;
  let seen = 0;
  return (offset) => {
    for (; seen < offset; seen += 1) if (bytes[seen] === 0x0a) line += 1;
    return line;
  };
}

function lineAt(before: string): number {
  return before.split('\n').length;
}

/** Builds the message for an error at a character position (0-based). */
export function faultAt(text: string, message: string, position: number): SyntaxFault {
  const before = [...text].slice(0, position).join('');
  const line = lineAt(before);
  const column = [...before.slice(before.lastIndexOf('\n') + 1)].length + 1;
  const source = text.split('\n')[line - 1] ?? '';
  return { message, line, column, excerpt: `${source}\n${' '.repeat(column - 1)}^` };
}
