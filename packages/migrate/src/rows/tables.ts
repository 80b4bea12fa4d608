import type { Sql } from 'postgres';
import { quoteLiteral } from '../objects/quote.ts';
import { parentsFirst } from './parents-first.ts';

/** A type, as far as values of it can be made up. */
export interface TypeFacts {
  readonly name: string;
  /** pg_type.typtype: `b` base, `e` enum, `d` domain, `r` range, `c` composite, `m` multirange. */
  readonly kind: string;
  /** Of a domain. */
  readonly base: string | null;
  readonly baseModifier: number;
  /** Of an array, or of what a range ranges over. */
  readonly element: string | null;
  readonly labels: readonly string[];
  /** Checks of a domain, as expressions. */
  readonly checks: readonly string[];
  /** Types of a composite type's attributes. */
  readonly attributes: readonly string[];
}

export interface ColumnToFill {
  /** Quoted. */
  readonly name: string;
  /** Key of `types`. */
  readonly type: string;
  readonly modifier: number;
  readonly notNull: boolean;
  readonly hasDefault: boolean;
  /** A type that its values must fit, too. Absent: none. */
  readonly laterType?: string;
}

export interface ForeignKey {
  readonly columns: readonly string[];
  /** Quoted name of the table. */
  readonly parent: string;
  readonly parentColumns: readonly string[];
}

/** A rule whose columns must be chosen together. */
export interface Rule {
  /** Unquoted; empty for the bounds of partitions. */
  readonly name: string;
  readonly columns: readonly string[];
  /** As SQL; its constants are good guesses. */
  readonly text: string;
  /** The server does not hold it yet; rows must fit it all the same. */
  readonly isLater?: boolean;
}

export interface TableToFill {
  /** Qualified and quoted. */
  readonly name: string;
  /** Those that get a value from us: not generated, no identity, no default from a sequence. */
  readonly columns: readonly ColumnToFill[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly rules: readonly Rule[];
  /** False where a key is deferrable: ON CONFLICT is refused there. */
  readonly takesConflicts: boolean;
}

export interface Fillable {
  /** Parents before their children, as far as keys do not go in circles. */
  readonly tables: readonly TableToFill[];
  readonly types: ReadonlyMap<string, TypeFacts>;
}

/** Reads what must be known to fill every table of some schemas; partitions are filled through their parents. */
export async function readTables(sql: Sql, schemas: readonly string[]): Promise<Fillable> {
  const tables = await sql.unsafe<{ facts: TableToFill }[]>(tablesQuery(schemas));
  const types = await sql.unsafe<{ facts: TypeFacts }[]>(TYPES);
  return {
    tables: parentsFirst(
      tables.map(({ facts }) => facts),
      ({ name }) => name,
      ({ foreignKeys }) => foreignKeys.map(({ parent }) => parent),
    ),
    types: new Map(types.map(({ facts }) => [facts.name, facts])),
  };
}

function tablesQuery(schemas: readonly string[]): string {
  return `
    SELECT jsonb_build_object('name', format('%I.%I', n.nspname, c.relname), 'columns', ${COLUMNS}, 'foreignKeys', ${FOREIGN_KEYS}, 'rules', ${RULES},
      'takesConflicts', NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.condeferrable AND k.contype IN ('p', 'u', 'x'))) AS facts
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN (${['', ...schemas].map(quoteLiteral).join(', ')}) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    ORDER BY n.nspname, c.relname`;
}

const COLUMNS = `(
  SELECT coalesce(jsonb_agg(jsonb_build_object('name', quote_ident(a.attname), 'type', format_type(a.atttypid, NULL), 'modifier', a.atttypmod,
    'notNull', a.attnotnull, 'hasDefault', a.atthasdef) ORDER BY a.attnum), '[]')
  FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity = ''
    AND coalesce(pg_get_expr(d.adbin, d.adrelid) NOT LIKE 'nextval(%', true))`;

const named = (relation: string, numbers: string) => `(
  SELECT coalesce(jsonb_agg(quote_ident(a.attname) ORDER BY u.place), '[]') FROM unnest(${numbers}) WITH ORDINALITY AS u(number, place)
  JOIN pg_attribute a ON a.attrelid = ${relation} AND a.attnum = u.number)`;

const FOREIGN_KEYS = `(
  SELECT coalesce(jsonb_agg(jsonb_build_object('columns', ${named('k.conrelid', 'k.conkey')},
    'parent', format('%I.%I', pn.nspname, p.relname), 'parentColumns', ${named('k.confrelid', 'k.confkey')}) ORDER BY k.conname), '[]')
  FROM pg_constraint k JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace
  WHERE k.conrelid = c.oid AND k.contype = 'f')`;

const RULES = `(
  SELECT coalesce(jsonb_agg(rule), '[]') FROM (
    SELECT jsonb_build_object('name', k.conname, 'columns', ${named('k.conrelid', 'k.conkey')}, 'text', pg_get_expr(k.conbin, k.conrelid)) AS rule
    FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c'
    UNION ALL
    SELECT jsonb_build_object('name', '', 'columns', ${named('c.oid', 'p.partattrs::int2[]')},
      'text', 'ARRAY[' || coalesce((SELECT string_agg(m[1], ', ') FROM pg_inherits i JOIN pg_class part ON part.oid = i.inhrelid,
        regexp_matches(pg_get_expr(part.relpartbound, part.oid), '(''[^'']*''|-?\\d+)', 'g') AS m WHERE i.inhparent = c.oid), '') || ']')
    FROM pg_partitioned_table p WHERE p.partrelid = c.oid
    UNION ALL
    SELECT jsonb_build_object('name', x.relname, 'columns', ${named('c.oid', 'i.indkey::int2[]')}, 'text', pg_get_expr(i.indpred, c.oid))
    FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = c.oid AND i.indpred IS NOT NULL AND i.indisunique) AS all_rules)`;

const TYPES = `
  SELECT jsonb_build_object('name', format_type(t.oid, NULL), 'kind', t.typtype,
    'base', CASE WHEN t.typbasetype <> 0 THEN format_type(t.typbasetype, NULL) END, 'baseModifier', t.typtypmod,
    'element', CASE WHEN t.typtype = 'r' THEN (SELECT format_type(r.rngsubtype, NULL) FROM pg_range r WHERE r.rngtypid = t.oid)
      WHEN t.typcategory = 'A' THEN format_type(t.typelem, NULL) END,
    'labels', (SELECT coalesce(jsonb_agg(e.enumlabel ORDER BY e.enumsortorder), '[]') FROM pg_enum e WHERE e.enumtypid = t.oid),
    'checks', (SELECT coalesce(jsonb_agg(pg_get_expr(k.conbin, 0)), '[]') FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'),
    'attributes', (SELECT coalesce(jsonb_agg(format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum), '[]') FROM pg_attribute a
      WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)) AS facts
  FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
  WHERE t.typtype IN ('b', 'e', 'd', 'r', 'c', 'm') AND (t.typtype <> 'c' OR c.relkind = 'c') AND (t.oid >= 16384 OR t.typtype IN ('b', 'r'))`;
