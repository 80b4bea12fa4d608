import { grammar } from '../sql/parse.ts';

/** A definition as PostgreSQL prints it once it has read its own print, which is what a dump makes it do: a cast of a whole array,
 *  `(ARRAY[a, b])::text[]`, comes back as casts of its elements, `ARRAY[(a)::text, (b)::text]`. Anything else stays as it is. The
 *  grammar must be loaded. */
export function asReprinted(definition: string): string {
  const bytes = Buffer.from(definition, 'utf8');
  const tokens = tokensOf(definition);
  const is = (index: number, ...texts: readonly string[]) =>
    texts.every((text, offset) => tokens[index + offset]?.text.toUpperCase() === text);
  const slice = (from: number, to: number) => bytes.subarray(tokens[from]?.start, tokens[to - 1]?.end).toString('utf8');
  for (let open = 0; open < tokens.length; open += 1) {
    if (!is(open, '(', 'ARRAY', '[')) continue;
    const { end, commas } = closing(tokens, open + 2);
    if (!is(end, ']', ')', '::')) continue;
    const type = end + 3;
    const bracket = tokens.findIndex(({ text }, index) => index > type && text === '[');
    if (bracket < 0 || !is(bracket, '[', ']')) continue;
    const edges = [open + 2, ...commas, end];
    const elements = edges
      .slice(1)
      .map((to, index) => `(${slice((edges[index] ?? 0) + 1, to)})::${slice(type, bracket)}`);
    const before = bytes.subarray(0, tokens[open]?.start).toString('utf8');
    const after = bytes.subarray(tokens[bracket + 1]?.end).toString('utf8');
    return asReprinted(`${before}ARRAY[${elements.join(', ')}]${after}`);
  }
  return definition;
}

/** The lexer takes fragments, too; a comment's text may be none. */
function tokensOf(definition: string): readonly Token[] {
  if (!definition.includes('ARRAY[')) return [];
  try {
    return grammar().scanSync(definition).tokens;
  } catch {
    return [];
  }
}

interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Where a bracket closes, and the commas directly within it. */
function closing(tokens: readonly Token[], open: number): { end: number; commas: readonly number[] } {
  const commas: number[] = [];
  let depth = 0;
  for (let index = open; index < tokens.length; index += 1) {
    const { text = '' } = tokens[index] ?? {};
    if (text === '[' || text === '(') depth += 1;
    if (text === ']' || text === ')') depth -= 1;
    if (depth === 0) return { end: index, commas };
    if (depth === 1 && text === ',') commas.push(index);
  }
  return { end: tokens.length, commas };
}
