import { grammar } from '../sql/parse.ts';
import { q } from './names.ts';

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

/** A definition whose string constants are of another type: `'x'::text` becomes `'x'::mood`, and so do constants of the type `from`. What an
 *  index says of an enum must be said so, for the text of an enum is not immutable. Pure; the grammar must be loaded. */
export function constantsOf(definition: string, type: string, from = 'text'): string {
  const bytes = Buffer.from(definition, 'utf8');
  const tokens = grammar().scanSync(definition).tokens;
  const text = (index: number) => bytes.subarray(tokens[index]?.start, tokens[index]?.end).toString('utf8');
  const cuts = tokens.flatMap(({ start }, index) => {
    if (text(index - 1) !== '::' || !text(index - 2).startsWith("'")) return [];
    const words = text(index + 1) === '.' ? 3 : 1;
    const end = tokens[index + words - 1]?.end ?? start;
    const named = bytes.subarray(start, end).toString('utf8');
    return named === 'text' || named === from ? [{ start, end }] : [];
  });
  return cuts
    .toReversed()
    .reduce(
      (all, { start, end }) => Buffer.concat([all.subarray(0, start), Buffer.from(type, 'utf8'), all.subarray(end)]),
      bytes,
    )
    .toString('utf8');
}

function plain(token: string): string {
  return token.startsWith('"') ? token.slice(1, -1).replaceAll('""', '"') : token;
}
