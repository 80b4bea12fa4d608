import type { SqlNode } from '../../sql/parse.ts';

/** PostgreSQL's inner names of types → the names that `format_type` prints. */
const PRINTED: Readonly<Record<string, string>> = {
  bool: 'boolean',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'double precision',
  varchar: 'character varying',
  bpchar: 'character',
  varbit: 'bit varying',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  time: 'time without time zone',
  timetz: 'time with time zone',
};

/** A type and its modifiers, as far as a cast may be free by them. */
export interface TypeName {
  readonly base: string;
  readonly modifiers: readonly number[];
  readonly isArray: boolean;
}

/** Reads a TypeName of the parse tree. */
export function typeNameOf(node: SqlNode): TypeName {
  const names = (node['names'] as readonly { readonly String: { readonly sval: string } }[]).map(
    (item) => item.String.sval,
  );
  const modifiers = (
    (node['typmods'] ?? []) as readonly { readonly A_Const?: { readonly ival?: { readonly ival?: number } } }[]
  ).map(({ A_Const }) => A_Const?.ival?.ival ?? 0);
  const own = names[0] === 'pg_catalog' ? names.slice(1) : names;
  const base = own.length === 1 ? (PRINTED[own[0] ?? ''] ?? own[0] ?? '') : own.join('.');
  return { base, modifiers, isArray: node['arrayBounds'] !== undefined };
}

/** Reads what `format_type` prints: `character varying(20)`, `timestamp(3) with time zone`, `numeric(10,2)[]`. */
export function printedType(text: string): TypeName {
  const [, before = text, list, after = ''] = /^([^()]*)\(([\d,-]+)\)(.*)$/.exec(text.replace(/(\[\])+$/, '')) ?? [];
  return {
    base: `${list === undefined ? text.replace(/(\[\])+$/, '') : before}${after}`.trim(),
    modifiers: list === undefined ? [] : list.split(',').map(Number),
    isArray: text.endsWith('[]'),
  };
}
