import { grammar } from '../sql/parse.ts';

/** Whether two definitions of one object say the same, though PostgreSQL printed them differently. It does not print an expression
 *  again as it was before: what it prints for `x IN ('a', 'b')` and for BETWEEN has another tree when it is read, as by a restored
 *  dump, and that tree another print. The forms are made equal here, where two catalogs are compared, and not where one is read:
 *  recorded catalogs keep the server's words, so a database that was recorded before a rule was added here profits from it, and no
 *  recorded hash goes stale. Pure; the grammar must be loaded where the texts differ. */
export function sameDefinition(object: string, left: string, right: string): boolean {
  if (left === right) return true;
  const form = object.startsWith('statistics ') ? inNameOrder : canonical;
  return !FREE_TEXT.test(object) && form(left) === form(right);
}

/** Statistics list their columns in the order of the table's, which is no difference. */
function inNameOrder(definition: string): string {
  const [, before = definition, columns = '', after = ''] =
    /^(.* ON )(.*)( FROM .*)$/s.exec(canonical(definition)) ?? [];
  return before + columns.split(' , ').sort().join(' , ') + after;
}

/** Objects whose definition is a person's text: every character of it counts. */
const FREE_TEXT = /^(comment|schema) /;

/** A definition by its tokens, in the form that PostgreSQL gives it when it has read its own print. */
function canonical(definition: string): string {
  try {
    return render(rewrite(grouped(tokensOf(definition))));
  } catch {
    // Not a text of SQL tokens: it stands for itself.
    return definition;
  }
}

/** A token, or what stands between two brackets. */
type Piece = string | Group;

interface Group {
  readonly open: string;
  readonly pieces: readonly Piece[];
}

function tokensOf(text: string): readonly string[] {
  const bytes = Buffer.from(text, 'utf8');
  return grammar()
    .scanSync(text)
    .tokens.map(({ start, end }) => bytes.subarray(start, end).toString('utf8'));
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']' };

function grouped(tokens: readonly string[]): readonly Piece[] {
  const top: Piece[] = [];
  const stack: { readonly open: string; readonly pieces: Piece[] }[] = [{ open: '', pieces: top }];
  for (const token of tokens) {
    const current = stack.at(-1);
    if (CLOSING[token] !== undefined) {
      const group = { open: token, pieces: [] };
      current?.pieces.push(group);
      stack.push(group);
    } else if (token === CLOSING[current?.open ?? '']) stack.pop();
    else current?.pieces.push(token);
  }
  if (stack.length !== 1) throw new Error('brackets do not match');
  return top;
}

function render(pieces: readonly Piece[]): string {
  return pieces
    .map((piece) =>
      typeof piece === 'string' ? piece : `${piece.open} ${render(piece.pieces)} ${CLOSING[piece.open]}`,
    )
    .join(' ');
}

function rewrite(pieces: readonly Piece[]): readonly Piece[] {
  const inner = pieces.map((piece) =>
    typeof piece === 'string' ? piece : { ...piece, pieces: flattened(rewrite(piece.pieces)) },
  );
  return withCastElements(inner);
}

/** `((a AND b) AND c)` → `(a AND b AND c)`, also for OR: one list, as the grammar reads it. */
function flattened(pieces: readonly Piece[]): readonly Piece[] {
  const [first, operator] = pieces;
  if (!isGroup(first, '(') || (operator !== 'AND' && operator !== 'OR')) return pieces;
  const isList = first.pieces.includes(operator) && !first.pieces.some((piece) => NOT_A_LIST[operator].has(piece));
  return isList ? [...first.pieces, ...pieces.slice(1)] : pieces;
}

/** Words beside which AND and OR do not bind a whole group. */
const NOT_A_LIST = { AND: new Set<Piece>(['OR', 'SELECT']), OR: new Set<Piece>(['AND', 'SELECT']) };

/** `(ARRAY[a, b])::text[]` → `ARRAY[(a)::text, (b)::text]`: a cast of an array constructor is read as a cast of its elements. */
function withCastElements(pieces: readonly Piece[]): readonly Piece[] {
  const at = pieces.findIndex((piece, index) => isArray(piece) && pieces[index + 1] === '::');
  const array = pieces[at];
  if (!isGroup(array, '(')) return pieces;
  const rest = pieces.slice(at + 2);
  const end = rest.findIndex((piece) => isGroup(piece, '['));
  const type = rest.slice(0, end);
  const before = pieces.slice(0, at);
  const isCast = isGroup(rest[end], '[') && rest[end].pieces.length === 0 && type.every(isOfType);
  return isCast
    ? [...before, ...castTo(type, array.pieces), ...withCastElements(rest.slice(end + 1))]
    : [...before, array, '::', ...withCastElements(rest)];
}

/** Elements of an array of arrays are cast at the bottom. */
function castTo(type: readonly Piece[], element: readonly Piece[]): readonly Piece[] {
  const [word, list] = element;
  if (word !== 'ARRAY' || !isGroup(list, '[')) return [{ open: '(', pieces: element }, '::', ...type];
  const elements = splitByComma(list.pieces).flatMap((one, index) => [
    ...(index === 0 ? [] : [',']),
    ...castTo(type, one),
  ]);
  return [word, { ...list, pieces: elements }];
}

function splitByComma(pieces: readonly Piece[]): readonly (readonly Piece[])[] {
  const comma = pieces.indexOf(',');
  return comma < 0 ? [pieces] : [pieces.slice(0, comma), ...splitByComma(pieces.slice(comma + 1))];
}

function isGroup(piece: Piece | undefined, open: string): piece is Group {
  return typeof piece === 'object' && piece.open === open;
}

/** `(ARRAY[…])` with an element at least: an empty one keeps its cast, which alone gives it a type. */
function isArray(piece: Piece): boolean {
  if (!isGroup(piece, '(') || piece.pieces.length !== 2) return false;
  const [word, list] = piece.pieces;
  return word === 'ARRAY' && isGroup(list, '[') && list.pieces.length > 0;
}

/** A part of a type's name: `character varying`, `"Shop".state`, `numeric(10,2)`. */
function isOfType(piece: Piece): boolean {
  return isGroup(piece, '(') || (typeof piece === 'string' && /^([\p{L}_"]|\.$)/u.test(piece));
}
