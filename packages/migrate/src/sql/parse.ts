import { setFlagsFromString } from 'node:v8';
import type * as Grammar from './grammar.ts';
import { linesIn, type Piece, parsePieces, type RawParse, type RawStatement } from './pieces.ts';

export type SqlNode = Readonly<Record<string, unknown>>;

/** One statement of a text, as PostgreSQL's own grammar sees it. */
export interface Statement {
  /** Exact text, without comments in front and without the semicolon. */
  readonly text: string;
  /** 1-based line of its first character within the parsed text. */
  readonly line: number;
  /** Node kind, for example `IndexStmt`. */
  readonly kind: string;
  /** Its tree, but for what changes rows: large files are made of that, and nobody looks into it. `wholeNode` does. */
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
  | {
      readonly ok: true;
      readonly statements: readonly Statement[];
      /** Those that were asked for, in order, with their markers. */
      readonly comments: readonly string[];
    }
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

/** Splits a text into statements by the real grammar: dollar quotes, comments and empty statements are no trouble, and a text of
 *  10 MB needs little more memory than itself, unless it is one statement. Comments are read where `wanted` is found nearby; absent:
 *  none. */
export function parseSql(text: string, wanted?: RegExp, pieceLength = PIECE_LENGTH): Parsed {
  const statements: Statement[] = [];
  const comments: string[] = [];
  for (const piece of parsePieces(text, parseRaw, pieceLength)) {
    if (!piece.parsed.ok) return { ok: false, fault: faultAt(piece, piece.parsed) };
    for (const statement of statementsOf(piece, piece.parsed.statements)) statements.push(statement);
    if (wanted?.test(piece.text)) for (const comment of commentsOf(piece.text)) comments.push(comment);
  }
  return { ok: true, statements, comments };
}

/** The tree of a statement, also where it was not kept. */
export function wholeNode({ text, kind, node }: Statement): SqlNode {
  if (!CHANGES_ROWS.has(kind)) return node;
  const parsed = parseRaw(text);
  const [raw] = parsed.ok ? parsed.statements : [];
  return kindAndNode(raw)[1];
}

/** The tree of a statement, whatever its kind, with every `location` counted in bytes from the beginning of its text. */
export function wholeTree({ text, kind, node }: Statement): SqlNode {
  // Of rows by the megabyte nobody needs the tree.
  if (CHANGES_ROWS.has(kind) && text.length > PIECE_LENGTH) return node;
  const parsed = parseRaw(text);
  const [raw] = parsed.ok ? parsed.statements : [];
  return kindAndNode(raw)[1];
}

/** In characters. The tree of a text is some fifty times its size, so many small ones are parsed where one of 10 MB would not fit. */
const PIECE_LENGTH = 64 * 1024;

const CHANGES_ROWS = new Set(['DeleteStmt', 'InsertStmt', 'MergeStmt', 'UpdateStmt']);
const NOT_KEPT: SqlNode = {};

function statementsOf({ text, line }: Piece, raws: readonly RawStatement[]): readonly Statement[] {
  const bytes = Buffer.from(text, 'utf8');
  const lines = lineCounter(bytes, line);
  return raws.map((raw): Statement => {
    const start = raw.stmt_location ?? 0;
    const end = raw.stmt_len === undefined || raw.stmt_len === 0 ? bytes.length : start + raw.stmt_len;
    const [kind, node] = kindAndNode(raw);
    return {
      text: bytes.subarray(start, end).toString('utf8').trim(),
      line: lines(start),
      kind,
      node: CHANGES_ROWS.has(kind) ? NOT_KEPT : node,
    };
  });
}

function kindAndNode(raw: RawStatement | undefined): readonly [string, SqlNode] {
  const [[kind, node] = ['', {}]] = Object.entries((raw?.stmt ?? {}) as Readonly<Record<string, SqlNode>>);
  return [kind, node];
}

function parseRaw(text: string): RawParse {
  // The grammar's door refuses the empty text.
  if (text.trim() === '') return { ok: true, statements: [] };
  try {
    return { ok: true, statements: grammar().parseSync(text).stmts ?? [] };
  } catch (error) {
    if (!(error instanceof grammar().SqlError)) throw error;
    return { ok: false, message: error.message, position: error.sqlDetails?.cursorPosition ?? 0 };
  }
}

function commentsOf(text: string): readonly string[] {
  const bytes = Buffer.from(text, 'utf8');
  return grammar()
    .scanSync(text)
    .tokens.filter((token) => token.tokenName === 'SQL_COMMENT' || token.tokenName === 'C_COMMENT')
    .map((token) => bytes.subarray(token.start, token.end).toString('utf8'));
}

/** Counts lines up to growing byte offsets, each byte once. */
function lineCounter(bytes: Buffer, first: number): (offset: number) => number {
  let line = first;
  let seen = 0;
  return (offset) => {
    for (; seen < offset; seen += 1) if (bytes[seen] === 0x0a) line += 1;
    return line;
  };
}

function faultAt({ text, line }: Piece, { message, position }: Extract<RawParse, { ok: false }>): SyntaxFault {
  const before = text.slice(0, indexOfCharacter(text, position));
  const start = before.lastIndexOf('\n') + 1;
  const [source = ''] = text.slice(start).split('\n', 1);
  const column = [...before.slice(start)].length + 1;
  return { message, line: line + linesIn(before), column, excerpt: `${source}\n${' '.repeat(column - 1)}^` };
}

/** Where a character begins; some take two units of a string. */
export function indexOfCharacter(text: string, position: number): number {
  let index = 0;
  for (let seen = 0; seen < position && index < text.length; seen += 1) {
    index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  }
  return index;
}
