import type { Sql } from 'postgres';
import { walkableIndexes } from '../backfill/find-key.ts';
import { quoteLiteral } from '../objects/quote.ts';
import { NO_FACTS, type OnlineFacts, type RelationFacts, type Rows } from './facts.ts';

/** Estimated rows by `schema.name`, for relations of which the server has an estimate. */
export type RowEstimates = ReadonlyMap<string, number>;

/** Reads what the planner of online forms must know of the relations of some schemas: in one query, taking no lock that stands in
 *  anybody's way; it waits for a table that somebody holds in ACCESS EXCLUSIVE, as long as the session's lock_timeout says. `rows`: estimates of the database that the migration is for, by `readRowEstimates` there; a relation that they do not
 *  name is large. Absent: every relation is large, as is right for a scratch database. */
export async function readFacts(
  sql: Pick<Sql, 'unsafe'>,
  schemas: readonly string[],
  rows: RowEstimates = new Map(),
): Promise<OnlineFacts> {
  if (schemas.length === 0) return NO_FACTS;
  const found = await sql.unsafe<{ name: string; facts: Omit<RelationFacts, 'rows'> }[]>(factsQuery(schemas));
  const functions = await sql.unsafe<{ name: string }[]>(
    `SELECT proname AS name FROM pg_proc GROUP BY proname HAVING bool_and(provolatile <> 'v')`,
  );
  const enums = await sql.unsafe<{ name: string; labels: readonly string[] }[]>(`
    SELECT n.nspname || '.' || t.typname AS name, jsonb_agg(e.enumlabel ORDER BY e.enumsortorder) AS labels
    FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE n.nspname IN (${list(schemas)}) GROUP BY 1`);
  const withRows = (name: string): Rows => rows.get(name) ?? 'large';
  return {
    relations: new Map(found.map(({ name, facts }) => [name, { ...facts, rows: withRows(name) }])),
    stableFunctions: new Set(functions.map(({ name }) => name)),
    enums: new Map(enums.map(({ name, labels }) => [name, labels])),
  };
}

/** Reads the row counts that the server estimates; a table that was never analyzed is left out unless it has no page. A partitioned
 *  table has the rows of its partitions. */
export async function readRowEstimates(sql: Pick<Sql, 'unsafe'>, schemas: readonly string[]): Promise<RowEstimates> {
  if (schemas.length === 0) return new Map();
  const found = await sql.unsafe<{ name: string; rows: number | null }[]>(`
    WITH RECURSIVE parts AS (
      SELECT c.oid AS root, c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname IN (${list(schemas)}) AND c.relkind IN ('r', 'p', 'm')
      UNION ALL SELECT p.root, i.inhrelid FROM parts p JOIN pg_inherits i ON i.inhparent = p.oid
    ), estimated AS (
      SELECT p.root, CASE WHEN c.relkind = 'p' OR pg_relation_size(c.oid) = 0 THEN 0 WHEN c.reltuples >= 0 AND c.relpages > 0
        THEN c.reltuples / c.relpages * pg_relation_size(c.oid) / current_setting('block_size')::int END AS rows
      FROM parts p JOIN pg_class c ON c.oid = p.oid
    )
    SELECT n.nspname || '.' || c.relname AS name, CASE WHEN bool_and(e.rows IS NOT NULL) THEN round(sum(e.rows))::float8 END AS rows
    FROM estimated e JOIN pg_class c ON c.oid = e.root JOIN pg_namespace n ON n.oid = c.relnamespace GROUP BY 1, c.oid`);
  return new Map(found.flatMap(({ name, rows }) => (rows === null ? [] : [[name, rows]])));
}

function list(schemas: readonly string[]): string {
  return schemas.map(quoteLiteral).join(', ');
}

function factsQuery(schemas: readonly string[]): string {
  return `
    SELECT n.nspname || '.' || c.relname AS name, jsonb_build_object(
      'kind', CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
        ELSE 'foreign table' END,
      'columns', ${COLUMNS}, 'indexes', ${INDEXES}, 'constraints', ${CONSTRAINTS},
      'partitions', (SELECT coalesce(jsonb_agg(jsonb_build_object('schema', pn.nspname, 'name', pc.relname) ORDER BY i.inhrelid), '[]')
        FROM pg_inherits i JOIN pg_class pc ON pc.oid = i.inhrelid JOIN pg_namespace pn ON pn.oid = pc.relnamespace
        WHERE i.inhparent = c.oid AND c.relkind = 'p'),
      'partitionColumn', (SELECT a.attname FROM pg_partitioned_table p JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
        WHERE p.partrelid = c.oid AND p.partnatts = 1 AND p.partstrat IN ('r', 'l')),
      'isPartition', EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid), 'incoming', ${INCOMING}, 'statistics', ${STATISTICS}, 'dependents', ${DEPENDENTS},
      'isWalkable', EXISTS (SELECT ${walkableIndexes('c.oid')}),
      'hasRowTriggers', EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal AND g.tgtype & 3 = 3),
      'replicaIdentity', ${markedIndex('indisreplident')}, 'clusteredOn', ${markedIndex('indisclustered')},
      'hasDefaultPartition', EXISTS (SELECT FROM pg_partitioned_table p WHERE p.partrelid = c.oid AND p.partdefid <> 0)) AS facts
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN (${list(schemas)}) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`;
}

function markedIndex(mark: string): string {
  return `(SELECT ic.relname FROM pg_index x JOIN pg_class ic ON ic.oid = x.indexrelid WHERE x.indrelid = c.oid AND x.${mark})`;
}

/** Limits that are those of the type are left out: another type has others. */
const SEQUENCE_OPTIONS = `concat_ws(' ', 'START WITH ' || q.seqstart, 'INCREMENT BY ' || q.seqincrement,
  CASE WHEN q.seqincrement < 0 OR q.seqmin <> 1 THEN 'MINVALUE ' || q.seqmin END,
  CASE WHEN q.seqincrement < 0 OR q.seqmax <> CASE q.seqtypid WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647
    ELSE 9223372036854775807 END THEN 'MAXVALUE ' || q.seqmax END,
  'CACHE ' || q.seqcache, CASE WHEN q.seqcycle THEN 'CYCLE' END)`;

const COLUMNS = `(
  SELECT coalesce(jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull,
    'default', CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END,
    'identity', CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END,
    'generated', CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END,
    'collation', CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END,
    'sequence', (SELECT jsonb_build_object('name', jsonb_build_object('schema', sn.nspname, 'name', sc.relname), 'options', ${SEQUENCE_OPTIONS})
      FROM pg_depend p JOIN pg_class sc ON sc.oid = p.objid AND sc.relkind = 'S' JOIN pg_namespace sn ON sn.oid = sc.relnamespace
      JOIN pg_sequence q ON q.seqrelid = sc.oid
      WHERE p.classid = 'pg_class'::regclass AND p.refclassid = 'pg_class'::regclass AND p.refobjid = c.oid AND p.refobjsubid = a.attnum
        AND p.deptype IN ('a', 'i') LIMIT 1),
    'comment', col_description(c.oid, a.attnum),
    'settings', to_jsonb(array_remove(ARRAY[CASE WHEN a.attstattarget >= 0 THEN 'SET STATISTICS ' || a.attstattarget END,
      'SET (' || array_to_string(a.attoptions, ', ') || ')'], NULL))) ORDER BY a.attnum), '[]')
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)`;

const INDEXES = `(
  SELECT coalesce(jsonb_agg(jsonb_build_object('name', ic.relname, 'definition', pg_get_indexdef(x.indexrelid), 'unique', x.indisunique,
    'columns', (SELECT coalesce(jsonb_agg(DISTINCT a.attname), '[]') FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
      AND (a.attnum = ANY (x.indkey::int2[]) OR EXISTS (SELECT FROM pg_depend p WHERE p.classid = 'pg_class'::regclass
        AND p.objid = x.indexrelid AND p.refclassid = 'pg_class'::regclass AND p.refobjid = c.oid AND p.refobjsubid = a.attnum))),
    'constraint', (SELECT k.conname FROM pg_constraint k WHERE k.conindid = x.indexrelid AND k.conrelid = c.oid AND k.contype IN ('p', 'u', 'x')),
    'comment', obj_description(x.indexrelid, 'pg_class')) ORDER BY ic.relname), '[]')
  FROM pg_index x JOIN pg_class ic ON ic.oid = x.indexrelid WHERE x.indrelid = c.oid)`;

const CONSTRAINTS = `(
  SELECT coalesce(jsonb_agg(jsonb_build_object('name', k.conname, 'kind', CASE k.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique'
      WHEN 'c' THEN 'check' WHEN 'f' THEN 'foreign key' WHEN 'x' THEN 'exclusion' ELSE 'other' END,
    'definition', pg_get_constraintdef(k.oid), 'validated', k.convalidated, 'comment', obj_description(k.oid, 'pg_constraint'),
    'columns', (SELECT coalesce(jsonb_agg(a.attname ORDER BY a.attnum), '[]') FROM pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum = ANY (k.conkey))) ORDER BY k.conname), '[]')
  FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype <> 'n')`;

const INCOMING = `(
  SELECT coalesce(jsonb_agg(jsonb_build_object('table', jsonb_build_object('schema', kn.nspname, 'name', kc.relname), 'name', k.conname,
    'definition', pg_get_constraintdef(k.oid), 'comment', obj_description(k.oid, 'pg_constraint'),
    'columns', (SELECT jsonb_agg(a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (k.confkey)))
    ORDER BY kn.nspname, kc.relname, k.conname), '[]')
  FROM pg_constraint k JOIN pg_class kc ON kc.oid = k.conrelid JOIN pg_namespace kn ON kn.oid = kc.relnamespace
  WHERE k.confrelid = c.oid AND k.contype = 'f')`;

const STATISTICS = `(
  SELECT coalesce(jsonb_agg(jsonb_build_object('name', jsonb_build_object('schema', sn.nspname, 'name', s.stxname),
    'definition', pg_get_statisticsobjdef(s.oid), 'columns', (SELECT coalesce(jsonb_agg(DISTINCT a.attname), '[]') FROM pg_depend p
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.refobjsubid WHERE p.classid = 'pg_statistic_ext'::regclass
      AND p.objid = s.oid AND p.refclassid = 'pg_class'::regclass AND p.refobjid = c.oid)) ORDER BY s.stxname), '[]')
  FROM pg_statistic_ext s JOIN pg_namespace sn ON sn.oid = s.stxnamespace WHERE s.stxrelid = c.oid)`;

const DEPENDENTS = `(
  SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_object('column', a.attname, 'what', d.what, 'path', d.path)), '[]') FROM pg_attribute a
  CROSS JOIN LATERAL (
    SELECT pg_describe_object(p.classid, p.objid, p.objsubid) AS what, CASE p.classid
      WHEN 'pg_rewrite'::regclass THEN (SELECT vn.nspname || '.' || v.relname || CASE w.rulename WHEN '_RETURN' THEN '' ELSE '.' || w.rulename END
        FROM pg_rewrite w JOIN pg_class v ON v.oid = w.ev_class JOIN pg_namespace vn ON vn.oid = v.relnamespace WHERE w.oid = p.objid)
      WHEN 'pg_policy'::regclass THEN (SELECT n.nspname || '.' || c.relname || '.' || o.polname FROM pg_policy o WHERE o.oid = p.objid AND o.polrelid = c.oid)
      WHEN 'pg_trigger'::regclass THEN (SELECT n.nspname || '.' || c.relname || '.' || g.tgname FROM pg_trigger g WHERE g.oid = p.objid)
      END AS path
    FROM pg_depend p WHERE p.refclassid = 'pg_class'::regclass AND p.refobjid = c.oid AND p.refobjsubid = a.attnum
      AND p.classid IN ('pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_trigger'::regclass, 'pg_proc'::regclass, 'pg_publication_rel'::regclass)
    UNION ALL SELECT 'column ' || quote_ident(o.attname), NULL FROM pg_attrdef d JOIN pg_attribute o ON o.attrelid = c.oid AND o.attnum = d.adnum
      JOIN pg_depend p ON p.classid = 'pg_attrdef'::regclass AND p.objid = d.oid
    WHERE d.adrelid = c.oid AND d.adnum <> a.attnum AND p.refclassid = 'pg_class'::regclass AND p.refobjid = c.oid AND p.refobjsubid = a.attnum
    UNION ALL SELECT 'table ' || i.inhrelid::regclass || ', which inherits it', NULL FROM pg_inherits i WHERE i.inhparent = c.oid AND c.relkind = 'r'
  ) d WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)`;
