import { grammar } from '../sql/parse.ts';

/** A CREATE TABLE taken apart: `head (items) tail`. */
export interface CreateTable {
  readonly head: string;
  /** Columns and constraints, as they stand there. */
  readonly items: readonly string[];
  readonly tail: string;
}

/** Takes one apart by PostgreSQL's own tokens, which must be loaded. NULL: it has no list of columns. */
export function takeApart(text: string): CreateTable | null {
  const bytes = Buffer.from(text, 'utf8');
  const cut = (from: number, to: number) => bytes.subarray(from, to).toString('utf8').trim();
  let depth = 0;
  let start = -1;
  const items: string[] = [];
  for (const token of grammar().scanSync(text).tokens) {
    const word = bytes.subarray(token.start, token.end).toString('utf8');
    if (word === '(' || word === '[') depth += 1;
    if (word === '(' && depth === 1 && start < 0) start = token.end;
    if (word === ',' && depth === 1) {
      items.push(cut(start, token.start));
      start = token.end;
    }
    if (word !== ')' && word !== ']') continue;
    depth -= 1;
    if (depth > 0) continue;
    const last = cut(start, token.start);
    const head = text.slice(0, text.indexOf('('));
    return { head: head.trim(), items: last === '' ? items : [...items, last], tail: cut(token.end, bytes.length) };
  }
  return null;
}

export function putTogether({ head, items, tail }: CreateTable): string {
  return `${head} (\n${items.map((item) => `  ${item}`).join(',\n')}\n)${tail === '' ? '' : ` ${tail}`}`;
}

/** The column's name, unquoted. NULL: it is a constraint. */
export function columnOf(item: string): string | null {
  const quoted = /^"((?:[^"]|"")*)"/.exec(item)?.[1];
  if (quoted !== undefined) return quoted.replaceAll('""', '"');
  const [word = ''] = item.split(/\s/, 1);
  return /^(constraint|primary|unique|check|foreign|exclude|like)$/i.test(word) ? null : word.toLowerCase();
}

/** Columns in the given order, then everything else as it was. */
export function inOrder(items: readonly string[], columns: readonly string[]): readonly string[] {
  const place = (item: string) => {
    const name = columnOf(item);
    const at = name === null ? -1 : columns.indexOf(name);
    return at < 0 ? columns.length : at;
  };
  return items.toSorted((a, b) => place(a) - place(b));
}

/** A column that counts up by a sequence of the usual name, as the word `serial` makes it, if the sequence is of its type. NULL: it is
 *  none. */
export function asSerial(
  item: string,
  schema: string,
  table: string,
): { readonly item: string; readonly sequence: string; readonly type: string } | null {
  const match = /^("?[^"\s]+"?) (smallint|integer|bigint) NOT NULL DEFAULT nextval\('([^']+)'::regclass\)$/.exec(item);
  const [, column = '', type = '', named = ''] = match ?? [];
  const sequence = `${table}_${columnOf(item)}_seq`;
  const names = [`${schema}.${sequence}`, `"${schema}"."${sequence}"`];
  if (match === null || !names.includes(named)) return null;
  return { item: `${column} ${SERIALS[type]}`, sequence: `${schema}.${sequence}`, type };
}

const SERIALS: Readonly<Record<string, string>> = { smallint: 'smallserial', integer: 'serial', bigint: 'bigserial' };
