import { quoteIdentifier } from '../../objects/quote.ts';
import { parseSql } from '../../sql/parse.ts';
import { cut, type Token, tokensOf } from '../../sql/tokens.ts';

/** A definition that PostgreSQL printed (of an index, a check, a foreign key, statistics) for another column instead. Names outside of
 *  parentheses, functions, types and what is qualified are no columns. */
export function withColumn(definition: string, from: string, to: string): string {
  const tokens = tokensOf(definition);
  const isColumn = ({ text, depth }: Token, at: number) =>
    depth > 0 &&
    identifier(text) === from &&
    !['(', '.'].includes(tokens[at + 1]?.text ?? '') &&
    !['.', '::', 'COLLATE'].includes(tokens[at - 1]?.text ?? '');
  return replaced(definition, tokens.filter(isColumn), () => quoteIdentifier(to));
}

/** An expression over a row, as a trigger reads it: every column of `NEW`. */
export function overNewRow(expression: string): string {
  const prefix = 'SELECT ';
  const sql = prefix + expression;
  const refs = new Map(columnRefs(tree(sql)).map((ref) => [ref.location, ref]));
  const tokens = tokensOf(sql);
  // A qualified one ends with its last word.
  const places = tokens.flatMap((token, at) => {
    const ref = refs.get(token.start);
    const last = ref && tokens[at + 2 * (ref.words - 1)];
    return last === undefined ? [] : [{ ...token, end: last.end }];
  });
  return replaced(sql, places, (text) => `NEW.${lastWord(text)}`).slice(prefix.length);
}

/** The columns that an expression reads. */
export function columnsRead(expression: string): readonly string[] {
  return [...new Set(columnRefs(tree(`SELECT ${expression}`)).map(({ name }) => name))];
}

/** Of `a."b".c`, as it is written. */
function lastWord(text: string): string {
  const word = tokensOf(text).at(-1);
  return word === undefined ? text : cut(text, word.start, word.end);
}

interface ColumnRef {
  readonly name: string;
  /** 2 where a table stands before it. */
  readonly words: number;
  readonly location: number;
}

function columnRefs(value: unknown): readonly ColumnRef[] {
  if (Array.isArray(value)) return value.flatMap(columnRefs);
  if (typeof value !== 'object' || value === null) return [];
  const ref = (
    value as {
      readonly ColumnRef?: { readonly fields: readonly { String?: { sval: string } }[]; readonly location?: number };
    }
  ).ColumnRef;
  if (ref === undefined) return Object.values(value).flatMap(columnRefs);
  const name = ref.fields.at(-1)?.String?.sval;
  return name === undefined ? [] : [{ name, words: ref.fields.length, location: ref.location ?? 0 }];
}

function tree(sql: string): unknown {
  const parsed = parseSql(sql);
  if (!parsed.ok) throw new Error(`no expression: ${sql}`);
  return parsed.statements[0]?.node;
}

function replaced(sql: string, tokens: readonly Token[], by: (text: string) => string): string {
  let at = 0;
  let text = '';
  for (const token of tokens) {
    text += cut(sql, at, token.start) + by(cut(sql, token.start, token.end));
    at = token.end;
  }
  return text + cut(sql, at);
}

/** The name that a word of SQL stands for; keywords come in upper case. */
function identifier(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text.toLowerCase();
}
