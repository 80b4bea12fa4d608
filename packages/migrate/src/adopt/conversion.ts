import { quoteIdentifier, quoteLiteral } from '../objects/quote.ts';

/** What it takes to make a column of one type a column of another. */
export type Conversion =
  /** Only the catalog changes. */
  | { readonly as: 'free' }
  /** The table is written anew; every value has one in the new type. `unless`: condition of the rows for which that is not so. */
  | {
      readonly as: 'rewrite';
      readonly using: string;
      readonly back: string;
      readonly unless?: string;
      /** What the new type does not keep, though every value has one in it. */
      readonly forgets?: string;
    }
  /** Only the catalog changes, where no row meets the condition. */
  | { readonly as: 'narrow'; readonly unless: string }
  /** A moment without a zone: nobody can see which one was meant. */
  | { readonly as: 'zone' }
  /** No rule is known: the column keeps its type. */
  | { readonly as: 'unknown' };

/** How `column` gets from one printed type to another. `labels`: of the enum that the declared type is. Pure. */
export function conversionOf(column: string, from: string, to: string, labels: readonly string[] = []): Conversion {
  const c = quoteIdentifier(column);
  const [a, b] = [parseType(from), parseType(to)];
  if (a.array !== b.array) return { as: 'unknown' };
  if (a.array) return arrayConversion(a, b);
  if (TEXTS.has(a.name) && TEXTS.has(b.name)) return textConversion(c, a, b);
  const [small, large] = [INTEGERS.indexOf(a.name), INTEGERS.indexOf(b.name)];
  if (small >= 0 && large >= 0) return integerConversion(c, from, to, small, large);
  if (a.name === 'numeric' && b.name === 'numeric') return numericConversion(c, from, to, a, b);
  const pair = `${a.name} > ${b.name}`;
  if (ZONES.has(pair)) return { as: 'zone' };
  if (a.name === b.name) return precisionConversion(c, from, to, a, b);
  if (labels.length > 0 && (TEXTS.has(a.name) || labelled(from))) {
    return {
      ...rewrite(c, from, to, `${c}::text::${to}`),
      // An enum has no cast to another one.
      ...(TEXTS.has(a.name) ? {} : { back: `${c}::text::${from}` }),
      unless: `${c}::text NOT IN (${labels.map(quoteLiteral).join(', ')})`,
    };
  }
  if (TEXTS.has(b.name)) return toText(c, from, to, b);
  return byRule(c, from, to, pair);
}

interface ParsedType {
  readonly name: string;
  readonly modifiers: readonly number[];
  readonly array: boolean;
}

/** `numeric(10,6)[]` → its parts; `timestamp(3) with time zone` has its modifier in the middle. */
export function parseType(type: string): ParsedType {
  const array = type.endsWith('[]');
  const element = array ? type.slice(0, -2) : type;
  const found = /^(.*?)\((\d+(?:,-?\d+)?)\)(.*)$/.exec(element);
  if (found === null) return { name: element, modifiers: [], array };
  const [, before = '', inside = '', after = ''] = found;
  return { name: `${before}${after}`, modifiers: inside.split(',').map(Number), array };
}

const TEXTS = new Set(['text', 'character varying', 'character']);
const INTEGERS = ['smallint', 'integer', 'bigint'];
const RANGE: Readonly<Record<string, string>> = {
  smallint: '-32768 AND 32767',
  integer: '-2147483648 AND 2147483647',
};
const ZONES = new Set([
  'timestamp without time zone > timestamp with time zone',
  'timestamp with time zone > timestamp without time zone',
  'date > timestamp with time zone',
]);

/** Types that are nobody's built-in name stand for enums and domains. */
function labelled(type: string): boolean {
  return !BUILT_IN.test(type);
}

const BUILT_IN =
  /^(bigint|integer|smallint|numeric|real|double|boolean|uuid|json|jsonb|date|time|timestamp|bytea|interval|inet)/;

function rewrite(column: string, from: string, to: string, using = `${column}::${to}`) {
  return { as: 'rewrite', using, back: `${column}::${from}` } as const;
}

function textConversion(c: string, a: ParsedType, b: ParsedType): Conversion {
  const [most] = b.modifiers;
  const [had] = a.modifiers;
  // Its blanks at the end are no part of the value.
  if (a.name === 'character' && b.name !== 'character') {
    return { ...rewrite(c, `character(${had ?? 1})`, 'text', `${c}::text`), ...tooLong(c, most, had) };
  }
  if (b.name === 'character') {
    const size = most ?? 1;
    return {
      ...rewrite(c, printed(a), `character(${size})`),
      unless: `length(${c}::text) > ${size} OR ${c}::text LIKE '% '`,
    };
  }
  if (most === undefined || (had !== undefined && had <= most)) return { as: 'free' };
  return { as: 'narrow', unless: `length(${c}) > ${most}` };
}

function printed({ name, modifiers }: ParsedType): string {
  return modifiers.length === 0 ? name : `${name}(${modifiers.join(',')})`;
}

function tooLong(c: string, most: number | undefined, had: number | undefined): { readonly unless?: string } {
  return most === undefined || (had ?? 1) <= most ? {} : { unless: `length(${c}::text) > ${most}` };
}

function integerConversion(c: string, from: string, to: string, small: number, large: number): Conversion {
  if (small < large) return rewrite(c, from, to);
  return { ...rewrite(c, from, to), unless: `${c} NOT BETWEEN ${RANGE[to]}` };
}

function numericConversion(c: string, from: string, to: string, a: ParsedType, b: ParsedType): Conversion {
  const [digits, scale = 0] = b.modifiers;
  if (digits === undefined) return { as: 'free' };
  const [had, hadScale = 0] = a.modifiers;
  if (had !== undefined && scale === hadScale && digits >= had) return { as: 'free' };
  const limit = `1e${digits - scale}`;
  // One without a scale would come back with other zeros behind its point.
  if (had === undefined) return { ...rewrite(c, from, to), unless: `abs(${c}) >= ${limit} OR scale(${c}) <> ${scale}` };
  return { ...rewrite(c, from, to), unless: `abs(${c}) >= ${limit} OR ${c} <> round(${c}, ${scale})` };
}

/** The same type with another precision, as `timestamp(3) with time zone`. */
function precisionConversion(c: string, from: string, to: string, a: ParsedType, b: ParsedType): Conversion {
  const [had, wanted] = [a.modifiers[0], b.modifiers[0]];
  if (wanted === undefined || (had !== undefined && had <= wanted)) return { as: 'free' };
  return { ...rewrite(c, from, to), unless: `${c} <> ${c}::${to}` };
}

function arrayConversion(a: ParsedType, b: ParsedType): Conversion {
  const free = TEXTS.has(a.name) && (b.name === 'text' || (b.name === 'character varying' && b.modifiers.length === 0));
  return free && a.name !== 'character' ? { as: 'free' } : { as: 'unknown' };
}

/** Every type has a text that reads as the same value again. */
function toText(c: string, from: string, to: string, b: ParsedType): Conversion {
  const [most] = b.modifiers;
  return {
    ...rewrite(c, from, to, `${c}::text`),
    back: `${c}::text::${from}`,
    ...(most === undefined ? {} : { unless: `length(${c}::text) > ${most}` }),
  };
}

function byRule(c: string, from: string, to: string, pair: string): Conversion {
  const text = `${c}::text`;
  const integer = /^(smallint|integer|bigint) > (numeric|real|double precision)$/.test(pair);
  if (integer) return { ...rewrite(c, from, to), unless: `${c}::${to}::numeric <> ${c}` };
  if (/^(real|double precision|numeric) > (smallint|integer|bigint|numeric|real|double precision)$/.test(pair))
    return { ...rewrite(c, from, to), unless: roundTrip(c, from, to) };
  if (/^(smallint|integer|bigint) > boolean$/.test(pair))
    return { as: 'rewrite', using: `${c}::integer = 1`, back: `${c}::integer`, unless: `${c} NOT IN (0, 1)` };
  if (/^(text|character varying|character) > uuid$/.test(pair))
    return {
      ...rewrite(c, from, to),
      unless: `${text} !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' OR ${text} <> lower(${text})`,
    };
  if (/^(text|character varying|character) > (smallint|integer|bigint)$/.test(pair))
    return { ...rewrite(c, from, to), unless: `${text} !~ '^(0|-?[1-9][0-9]{0,${DIGITS[to]}})$'` };
  if (/^(text|character varying|character) > boolean$/.test(pair))
    return { as: 'rewrite', using: `${text} = 'true'`, back: text, unless: `${text} NOT IN ('true', 'false')` };
  if (pair === 'json > jsonb')
    return {
      ...rewrite(c, from, to),
      unless: `strpos(${text}, '\\u0000') > 0`,
      forgets: 'spaces, the order of keys and repeated keys',
    };
  if (pair === 'date > timestamp without time zone') return rewrite(c, from, to);
  return { as: 'unknown' };
}

const DIGITS: Readonly<Record<string, number>> = { smallint: 3, integer: 8, bigint: 17 };

/** Values that would not come back; those that do not fit would fail, so they are looked at first. */
function roundTrip(c: string, from: string, to: string): string {
  const range = RANGE[to] ?? (to === 'bigint' ? '-9223372036854774784 AND 9223372036854774784' : undefined);
  const same = `${c}::${to}::${from} <> ${c}`;
  return range === undefined ? same : `CASE WHEN ${c} BETWEEN ${range} THEN ${same} ELSE true END`;
}
