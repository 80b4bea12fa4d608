import { grammar } from '../sql/parse.ts';
import { q } from './names.ts';
import { outsideOfStrings } from './same-rule.ts';

/** A definition that goes on reading a column as it was before its type changed: each reference to it becomes `was`, an expression over
 *  the column by its quoted name. Names behind AS, of functions and of other things stay. Pure; the grammar must be loaded. */
export function asItWas(definition: string, column: string, was: string): string {
  const bytes = Buffer.from(definition, 'utf8');
  const tokens = grammar()
    .scanSync(definition)
    .tokens.map(({ start, end }) => ({ start, end, text: bytes.subarray(start, end).toString('utf8') }));
  const cuts = tokens.flatMap(({ start, end, text }, index) => {
    const [before, after] = [tokens[index - 1], tokens[index + 1]];
    if (plain(text) !== column || text.startsWith("'") || after?.text === '(' || after?.text === '.') return [];
    if (before?.text.toUpperCase() === 'AS' || before?.text === '::') return [];
    const of = before?.text === '.' ? tokens[index - 2] : undefined;
    // A type of that name, in its schema.
    if (of !== undefined && tokens[index - 3]?.text === '::') return [];
    const reference = of === undefined ? q(column) : `${of.text}.${q(column)}`;
    return [{ from: of?.start ?? start, to: end, text: `(${was.replaceAll(q(column), () => reference)})` }];
  });
  return cuts
    .toReversed()
    .reduce(
      (text, { from, to, text: by }) =>
        Buffer.concat([text.subarray(0, from), Buffer.from(by, 'utf8'), text.subarray(to)]),
      bytes,
    )
    .toString('utf8');
}

/** A definition whose string constants are of another type: `'x'::text` becomes `'x'::mood`, and so do constants of the type `from`; casts of
 *  the column, and of lists, to text go. What an index says of an enum must be said so, for the text of an enum is not immutable. Pure. */
export function constantsOf(definition: string, column: string, type: string, from = 'text'): string {
  const texts = `(?:text|character varying|bpchar|character|${escaped(from)})(?:\\(\\d+\\))?`;
  const named = `(?:${escaped(column)}|${escaped(q(column))})`;
  return outsideOfStrings(definition, (text) =>
    text
      .replaceAll(new RegExp(`(__s\\d+__)::${texts}(?![\\w.])`, 'g'), (_, constant) => `${constant}::${type}`)
      .replaceAll(new RegExp(`(\\(${named}\\))::${texts}(?![\\w.])`, 'g'), '$1')
      .replaceAll(new RegExp(`(\\(ARRAY\\[[^\\]]*\\]\\))::${texts}\\[\\]`, 'g'), '$1'),
  );
}

/** A definition that gives the same print again: a list for a column of varchar is printed with a cast of the whole list, which reads as
 *  a cast of each value. Pure. */
export function asWritten(definition: string): string {
  return outsideOfStrings(definition, (text) => text.replaceAll(LIST_AS_TEXT, '$1 $2 $3 ($4)'));
}

const LIST_AS_TEXT =
  /\(((?:(?:"[^"]+"|\w+)\.)?(?:"[^"]+"|\w+))\)::text (=|<>) (ANY|ALL) \(\((ARRAY\[[^\]]*\])\)::text\[\]\)/g;

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function plain(token: string): string {
  return token.startsWith('"') ? token.slice(1, -1).replaceAll('""', '"') : token;
}
