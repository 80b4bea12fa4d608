import { type Name, show } from '../name.ts';
import { at, itemsOf, nodeOf, wordsOf } from './tree.ts';

/** A type as a column has it. */
export interface SqlType {
  /** PostgreSQL's own types by the name that people write: `integer`, `varchar`, `timestamptz`; others as they are. */
  readonly name: string;
  /** Of a type that is not PostgreSQL's own; NULL: none was written. */
  readonly schema: string | null;
  /** Length, precision and scale. */
  readonly mods: readonly number[];
  readonly array: boolean;
}

const SPOKEN: Readonly<Record<string, string>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'double precision',
  bool: 'boolean',
  bpchar: 'char',
  int: 'integer',
  serial4: 'serial',
  serial8: 'bigserial',
  serial2: 'smallserial',
};

export function typeOf(typeName: unknown): SqlType {
  const node = nodeOf(typeName);
  const words = wordsOf(node['names']);
  const last = words.at(-1) ?? '';
  const schema = words.length > 1 && words[0] !== 'pg_catalog' ? (words.at(-2) ?? null) : null;
  const mods = itemsOf(node['typmods']).map((item) => Number(at(item, 'A_Const', 'ival')['ival'] ?? 0));
  return { name: SPOKEN[last] ?? last, schema, mods, array: itemsOf(node['arrayBounds']).length > 0 };
}

export function showType({ name, schema, mods, array }: SqlType): string {
  const base = schema === null ? name : show({ schema, name });
  const length = mods.length === 0 ? '' : `(${mods.join(', ')})`;
  return `${base}${length}${array ? '[]' : ''}`;
}

export const typeName = ({ schema, name }: SqlType): Name => ({ schema, name });

/** True where PostgreSQL keeps rows and indexes as they are: the new type takes every value of the old one in the same form.
 *  Source: PostgreSQL manual, ALTER TABLE, notes on type changes; `ATColumnChangeRequiresRewrite`. */
export function isFreeChange(from: SqlType, to: SqlType): boolean {
  if (from.array !== to.array) return false;
  if (from.name === to.name && from.schema === to.schema) return takesAll(from, to);
  if (from.name === 'varchar' && to.name === 'text') return true;
  if (from.name === 'text' && to.name === 'varchar') return to.mods.length === 0;
  return from.name === 'cidr' && to.name === 'inet';
}

/** Same type, other length. */
function takesAll({ name, mods: from }: SqlType, { mods: to }: SqlType): boolean {
  if (String(from) === String(to)) return true;
  if (name === 'numeric')
    return to.length === 0 || (from.length > 0 && (from[1] ?? 0) === (to[1] ?? 0) && (to[0] ?? 0) >= (from[0] ?? 0));
  if (!GROWS.has(name)) return false;
  if (to.length === 0) return true;
  return from.length > 0 && (to[0] ?? 0) >= (from[0] ?? 0);
}

const GROWS = new Set(['varchar', 'varbit', 'timestamptz', 'timestamp', 'time', 'timetz', 'interval']);

const WIDTH: Readonly<Record<string, number>> = { smallint: 1, integer: 2, bigint: 3, numeric: 4 };

/** True where values of the old type may not fit into the new one. */
export function narrows(from: SqlType, to: SqlType): boolean {
  const [before, after] = [WIDTH[from.name], WIDTH[to.name]];
  if (before !== undefined && after !== undefined && before !== after) return after < before;
  const characters = ['varchar', 'char', 'text'];
  if (!characters.includes(from.name) || !characters.includes(to.name)) return false;
  if (to.mods.length === 0) return false;
  return from.mods.length === 0 || (to.mods[0] ?? 0) < (from.mods[0] ?? 0);
}
