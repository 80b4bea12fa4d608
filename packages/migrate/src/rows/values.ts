import { quoteLiteral } from '../objects/quote.ts';
import type { Constants } from './constants.ts';
import type { TypeFacts } from './tables.ts';

/** SQL expressions for values of a type, the best guess first. `g` in them is the number of the row: most give each row a value of its
 *  own. Empty for a type of which nothing is known. Pure.
 *  @param modifier pg_attribute.atttypmod: length or precision; -1 for none
 *  @param hint a word that texts begin with
 *  @param constants values that a check may want */
export function valuesOf(
  type: string,
  modifier: number,
  hint: string,
  types: ReadonlyMap<string, TypeFacts>,
  constants: Constants,
): readonly string[] {
  const facts = types.get(type);
  if (facts === undefined) return [];
  const inner = (name: string, more = -1) => valuesOf(name, more, hint, types, constants);
  if (facts.kind === 'e') return enumValues(type, facts.labels);
  if (facts.kind === 'd' && facts.base !== null)
    return inner(facts.base, facts.baseModifier).map((value) => `(${value})::${type}`);
  if (facts.kind === 'c')
    return compositeValue(
      type,
      facts.attributes.map((attribute) => inner(attribute)[0]),
    );
  if (facts.kind === 'r') return rangeValues(type, facts.element === null ? [] : inner(facts.element));
  if (facts.element !== null && type.endsWith('[]'))
    return [...inner(facts.element).map((value) => `ARRAY[${value}]::${type}`), `'{}'::${type}`];
  return scalarValues(type, modifier, hint, constants);
}

function enumValues(type: string, labels: readonly string[]): readonly string[] {
  if (labels.length === 0) return [];
  const list = labels.map(quoteLiteral);
  const any = `((ARRAY[${list.join(', ')}])[1 + g % ${list.length}])::${type}`;
  return [any, ...list.map((label) => `${label}::${type}`)];
}

function compositeValue(type: string, parts: readonly (string | undefined)[]): readonly string[] {
  return [`ROW(${parts.map((part) => part ?? 'NULL').join(', ')})::${type}`];
}

function rangeValues(type: string, bounds: readonly string[]): readonly string[] {
  const [bound] = bounds;
  return bound === undefined ? [`'empty'::${type}`] : [`${type}(${bound}, ${bound}, '[]')`, `'empty'::${type}`];
}

const MOMENT = "timestamptz '2026-01-01 00:00:00+00' + g * interval '1 hour'";

/** Whole numbers, largest that each takes. */
const WHOLE: Readonly<Record<string, number>> = { smallint: 30_000, integer: 2_000_000_000, bigint: 2_000_000_000 };

const PLAIN: Readonly<Record<string, readonly string[]>> = {
  boolean: ['g % 2 = 0', 'true', 'false'],
  uuid: ["md5('row ' || g)::uuid", 'gen_random_uuid()'],
  'timestamp with time zone': [MOMENT, 'now()', "now() + interval '1 day'", "now() - interval '1 day'"],
  'timestamp without time zone': [`(${MOMENT})::timestamp`, 'now()::timestamp'],
  date: ["date '2026-01-01' + g::int % 3000", 'current_date'],
  'time without time zone': ["time '00:00' + g * interval '1 second'"],
  'time with time zone': ["time '00:00' + g * interval '1 second'"],
  interval: ["g * interval '1 minute'"],
  jsonb: ["jsonb_build_object('n', g)", "'{}'::jsonb", "'[]'::jsonb", 'to_jsonb(g)', "to_jsonb('x'::text)"],
  json: ["json_build_object('n', g)", "'{}'::json", "'[]'::json"],
  bytea: ["decode(md5('row ' || g), 'hex')", "sha256(('row ' || g)::bytea)", "''::bytea"],
  inet: ["inet '10.0.0.0' + g"],
  cidr: ["(inet '10.0.0.0' + g)::cidr"],
  macaddr: ["('08002b' || lpad(to_hex(g % 16777216), 6, '0'))::macaddr"],
  oid: ['g::oid'],
  money: ['g::int::money'],
  xml: ['xmlelement(name row, g)'],
  tsvector: ["to_tsvector('simple', 'row ' || g)"],
  tsquery: ["plainto_tsquery('simple', 'row ' || g)"],
  point: ['point(g, g)'],
  box: ['box(point(g, g), point(g + 1, g + 1))'],
  circle: ['circle(point(g, g), 1)'],
  name: ["('row' || g)::name"],
  pg_lsn: ["'0/0'::pg_lsn + g"],
};

function scalarValues(type: string, modifier: number, hint: string, constants: Constants): readonly string[] {
  const whole = WHOLE[type];
  if (whole !== undefined) return [...wholeNumbers(type, whole, constants.numbers)];
  if (type === 'numeric') return fractions(modifier, constants.numbers);
  if (type === 'real' || type === 'double precision')
    return [
      `g::${type}`,
      ...constants.numbers.flatMap((n) => [n, n + 1, n - 1, n / 2]).map((n) => `(${n})::${type}`),
      '0.5',
      '0',
    ];
  if (type === 'text' || type === 'character varying' || type === 'character' || type === 'citext')
    return texts(type, modifier, hint, constants);
  if (type === 'bit' || type === 'bit varying')
    return [`lpad('', ${modifier > 0 ? modifier : 1}, '1')::${type}(${modifier > 0 ? modifier : 1})`];
  const dates = constants.texts
    .filter((text) => /^\d{4}-\d\d-\d\d/.test(text))
    .map((text) => `${quoteLiteral(text)}::${type}`);
  return [...(/date|timestamp/.test(type) ? dates : []), ...(PLAIN[type] ?? [])];
}

function wholeNumbers(type: string, largest: number, numbers: readonly number[]): readonly string[] {
  const near = numbers.flatMap((n) => [n, n + 1, n - 1]).filter((n) => Number.isInteger(n) && Math.abs(n) <= largest);
  return [
    `(g % ${largest})::${type}`,
    ...near.map((n) => `(${n})::${type}`),
    `0::${type}`,
    `1::${type}`,
    `(-1)::${type}`,
  ];
}

function fractions(modifier: number, numbers: readonly number[]): readonly string[] {
  const precision = modifier < 0 ? 9 : ((modifier - 4) >> 16) & 0xffff;
  const scale = modifier < 0 ? 0 : (modifier - 4) & 0x7ff;
  const whole = Math.max(0, Math.min(precision - scale, 9));
  const near = numbers.flatMap((n) => [n, n + 1, n - 1, n / 2]).filter((n) => Math.abs(n) < 10 ** whole);
  const first = whole === 0 ? `((g % 9)::numeric / ${10 ** Math.min(scale, 6)})` : `(g % ${10 ** whole})::numeric`;
  return [first, ...near.map((n) => `(${n})::numeric`), '0::numeric'];
}

function texts(type: string, modifier: number, hint: string, { texts: wanted, numbers }: Constants): readonly string[] {
  const longest = modifier > 4 ? modifier - 4 : type === 'character' ? 1 : 1000;
  const fits = wanted.filter((text) => text.length <= longest);
  const list = fits.map(quoteLiteral);
  const lengths = numbers.filter((n) => Number.isInteger(n) && n > 0 && n <= Math.min(longest, 10_000)).slice(0, 6);
  const guesses = [
    ...(list.length > 1 ? [`(ARRAY[${list.join(', ')}])[1 + g % ${list.length}]`] : []),
    ...list,
    longest >= hint.length + 12 ? `${quoteLiteral(`${hint} `)} || g` : `lpad(to_hex(g), ${Math.min(longest, 8)}, '0')`,
    ...lengths.flatMap((n) => [`lpad(g::text, ${n}, '1')`, `rpad(md5('row ' || g), ${n}, 'a')`]),
    ...SHAPES.filter(([length]) => length <= longest).map(([, text]) => text),
  ];
  return guesses.map((text) => `(${text})::${type}${modifier > 4 ? `(${longest})` : ''}`);
}

/** Lengths and texts that checks by pattern often want. */
const SHAPES: readonly (readonly [number, string])[] = [
  [12, "'a' || g"],
  [12, "'A' || g"],
  [12, 'g::text'],
  [18, '(100000000000000000 + g)::text'],
  [32, "md5('row ' || g)"],
  [64, "encode(sha256(('row ' || g)::bytea), 'hex')"],
  [36, "md5('row ' || g)::uuid::text"],
  [32, "'row' || g || '@example.com'"],
  [40, "'https://example.com/' || g"],
  [2, "'en'"],
  [3, "'EUR'"],
  [0, "''"],
];
