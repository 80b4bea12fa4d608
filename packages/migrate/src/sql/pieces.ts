/** A statement as the grammar returns it; offsets and lengths are in bytes of the parsed text. */
export interface RawStatement {
  readonly stmt?: unknown;
  readonly stmt_location?: number;
  /** Absent or 0: no semicolon follows. */
  readonly stmt_len?: number;
}

/** What the grammar makes of a text. */
export type RawParse =
  | { readonly ok: true; readonly statements: readonly RawStatement[] }
  /** `position` in characters, 0-based. */
  | { readonly ok: false; readonly message: string; readonly position: number };

/** A part of a text, whole lines. */
export interface Piece {
  readonly text: string;
  /** 1-based line of the whole text with which it begins. */
  readonly line: number;
  readonly parsed: RawParse;
}

const LAST_OF_STATEMENT = /;[ \t]*\n/g;

/** Parses a text in pieces of about a length; together they give what the whole gives, in the same order, and the last one the same
 *  fault. A piece ends with a line that ends with a semicolon, if the grammar takes that for the end of a statement; otherwise the
 *  semicolon is part of a body, a string or a comment, and a piece of twice the length is tried. */
export function* parsePieces(text: string, parse: (piece: string) => RawParse, pieceLength: number): Generator<Piece> {
  let line = 1;
  for (let start = 0; start < text.length; ) {
    const piece = nextPiece(text, start, parse, pieceLength);
    yield { ...piece, line };
    if (!piece.parsed.ok) return;
    start += piece.text.length;
    line += linesIn(piece.text);
  }
}

function nextPiece(
  text: string,
  start: number,
  parse: (piece: string) => RawParse,
  pieceLength: number,
): Omit<Piece, 'line'> {
  for (let length = pieceLength; ; length *= 2) {
    const end = lineEnd(text, start + length);
    const piece = text.slice(start, end);
    const parsed = parse(piece);
    if (end === text.length || endsStatement(parsed)) return { text: piece, parsed };
  }
}

/** Where the first line that ends with a semicolon ends, from an offset on. */
function lineEnd(text: string, from: number): number {
  LAST_OF_STATEMENT.lastIndex = from;
  return LAST_OF_STATEMENT.test(text) ? LAST_OF_STATEMENT.lastIndex : text.length;
}

/** The parser knows one symbol ahead: what it accepts as complete after a semicolon of its own stays so, whatever follows. */
function endsStatement(parsed: RawParse): boolean {
  if (!parsed.ok) return false;
  const last = parsed.statements.at(-1);
  return last === undefined || (last.stmt_len ?? 0) > 0;
}

/** How many line ends a text has. */
export function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
