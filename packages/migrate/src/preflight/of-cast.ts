import { quoteIdentifier, quoteLiteral } from '../objects/quote.ts';
import type { ColumnFacts } from '../online/facts.ts';
import { quoted, type RelationName } from '../online/relation-name.ts';
import { printedType, type TypeName } from '../online/retype/type-name.ts';
import { reads } from './of-constraint.ts';
import type { Requirement } from './requirement.ts';

/** A column whose values become another type. */
export interface Cast {
  readonly table: RelationName;
  readonly column: ColumnFacts;
  readonly to: TypeName;
  /** As it was written. */
  readonly type: string;
  /** Labels of the new type, where it is an enum that is known. */
  readonly labels: readonly string[] | null;
  /** True for a cast that was written out: it cuts what is too long where an assignment refuses it. */
  readonly isExplicit: boolean;
}

/** What a change of type asks of the rows: that each value has one in the new type. Nothing where every value has, or nobody can tell
 *  in SQL. `server`: its major. */
export function ofCast(cast: Cast, server: number): readonly Requirement[] {
  const { table, column, type, to, labels } = cast;
  const name = quoteIdentifier(column.name);
  const condition = labels === null ? doesNotFit(cast, name, server) : noLabel(name, labels, to.isArray);
  if (condition === null) return [];
  return [
    {
      kind: labels === null ? 'type' : 'enum value',
      table,
      what: `${quoted(table)}.${name} must fit into ${type}`,
      condition,
      repair: `UPDATE ${quoted(table)} SET ${name} = … WHERE ${condition}`,
      reads: reads(table, [column.name]),
    },
  ];
}

function noLabel(name: string, labels: readonly string[], isArray: boolean): string {
  const known = `ALL (ARRAY[${labels.map(quoteLiteral).join(', ')}]::text[])`;
  if (isArray) return `EXISTS (SELECT FROM unnest(${name}::text[]) AS one (label) WHERE one.label <> ${known})`;
  return `${name} IS NOT NULL AND ${name}::text <> ${known}`;
}

const RANGES: Readonly<Record<string, readonly [string, string]>> = {
  smallint: ['-32768', '32767'],
  integer: ['-2147483648', '2147483647'],
  bigint: ['-9223372036854775808', '9223372036854775807'],
};
const NUMBERS = new Set(['smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision']);
const TEXTS = new Set(['text', 'character varying', 'character']);
/** Types whose input function is asked, where the server can be (16 on). */
const READ = new Set([
  'smallint',
  'integer',
  'bigint',
  'numeric',
  'real',
  'double precision',
  'boolean',
  'uuid',
  'date',
  'json',
  'jsonb',
  'inet',
  'cidr',
  'interval',
  'timestamp with time zone',
  'timestamp without time zone',
]);
const PATTERNS: Readonly<Record<string, string>> = {
  smallint: '^\\s*[-+]?[0-9]+\\s*$',
  integer: '^\\s*[-+]?[0-9]+\\s*$',
  bigint: '^\\s*[-+]?[0-9]+\\s*$',
  uuid: '^\\s*\\{?([0-9a-fA-F]{4}-?){8}\\}?\\s*$',
};

function doesNotFit({ column, to, type, isExplicit }: Cast, name: string, server: number): string | null {
  const from = printedType(column.type);
  if (from.isArray || to.isArray) return null;
  if (NUMBERS.has(from.base) && NUMBERS.has(to.base)) return outOfRange(name, to);
  if (!TEXTS.has(from.base)) return null;
  const [limit] = to.modifiers;
  if (TEXTS.has(to.base)) return limit === undefined || isExplicit ? null : `length(rtrim(${name}, ' ')) > ${limit}`;
  if (server >= 16 && READ.has(to.base)) return `NOT pg_input_is_valid(${name}, ${quoteLiteral(type)})`;
  const pattern = PATTERNS[to.base];
  return pattern === undefined ? null : `${name} !~ ${quoteLiteral(pattern)}`;
}

function outOfRange(name: string, to: TypeName): string | null {
  const range = RANGES[to.base];
  if (range !== undefined) return `round(${name}::numeric) NOT BETWEEN ${range[0]} AND ${range[1]}`;
  const [digits, scale = 0] = to.modifiers;
  if (to.base !== 'numeric' || digits === undefined) return null;
  return `abs(round(${name}::numeric, ${scale})) >= ${`1${'0'.repeat(digits - scale)}`}`;
}
