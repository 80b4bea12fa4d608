import { grammar, parseSql, wholeNode } from '../sql/parse.ts';
import { at } from './names.ts';

/** A query over declared tables as one over the tables where they lie now. NULL: one of them is not there, or it is no valid SQL.
 *  Pure; the grammar must be loaded. */
export function relocate(
  query: string,
  schema: string,
  places: ReadonlyMap<string, { readonly schema: string; readonly name: string }>,
): string | null {
  const parsed = parseSql(query);
  const [statement] = parsed.ok ? parsed.statements : [];
  if (statement === undefined) return null;
  const named = [...rangesOf(wholeNode(statement))].filter((range) => range.schemaname === schema);
  if (named.some(({ relname }) => !places.has(relname))) return null;
  const bytes = Buffer.from(query, 'utf8');
  const tokens = grammar().scanSync(query).tokens;
  const cuts = named.flatMap(({ location = 0, relname }) => {
    const first = tokens.findIndex(({ start }) => start === location);
    const [from, to] = [tokens[first]?.start, tokens[first + 2]?.end];
    const place = places.get(relname);
    return from === undefined || to === undefined || place === undefined
      ? []
      : [{ from, to, text: at(place.schema, place.name) }];
  });
  return cuts
    .toSorted((a, b) => b.from - a.from)
    .reduce(
      (text, { from, to, text: by }) =>
        Buffer.concat([text.subarray(0, from), Buffer.from(by, 'utf8'), text.subarray(to)]),
      bytes,
    )
    .toString('utf8');
}

interface Range {
  readonly schemaname?: string;
  readonly relname: string;
  readonly location?: number;
}

function* rangesOf(value: unknown): Generator<Range> {
  if (Array.isArray(value)) for (const item of value) yield* rangesOf(item);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, child] of Object.entries(value)) {
      if (
        key === 'RangeVar' ||
        (key === 'relation' && typeof child === 'object' && child !== null && 'relname' in child)
      )
        yield child as Range;
      else yield* rangesOf(child);
    }
  }
}
