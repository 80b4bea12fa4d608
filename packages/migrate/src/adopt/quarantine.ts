import type { Sql } from 'postgres';
import { quoteLiteral } from '../objects/quote.ts';
import type { Leaving } from './draft.ts';
import type { RowRule } from './mapping.ts';
import type { RelationModel, SchemaModel } from './model.ts';
import { at, list, q, suffixed } from './names.ts';

/** Rows that a finish has moved or changed. */
export interface Quarantined {
  readonly table: string;
  readonly rows: number;
  readonly why: string;
}

/** Where the rows of a table go: beside it, under a name that the domain does not declare. */
export function quarantineOf(target: SchemaModel, table: string): string {
  const name = suffixed(table, '_quarantine');
  return target.relations.some((one) => one.name === name) ? suffixed(table, '_adopt_quarantine') : name;
}

/** Makes it where it is not there: a row as it was, when it left, and why. */
async function ensureQuarantine(sql: Sql, schema: string, table: string, place: string): Promise<void> {
  await sql.unsafe(`CREATE TABLE IF NOT EXISTS ${at(schema, place)} (
    quarantine_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, quarantined_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    quarantine_reason text NOT NULL, LIKE ${at(schema, table)})`);
}

/** Copies rows to the quarantine and takes them out of their table, in one statement. */
export async function quarantine(
  sql: Sql,
  target: SchemaModel,
  live: RelationModel,
  { table, reason, where }: Leaving,
  alias = 't',
): Promise<Quarantined> {
  const { schema } = target;
  const place = quarantineOf(target, table);
  await ensureQuarantine(sql, schema, table, place);
  const columns = list(live.columns.map(({ name }) => name));
  const result = await sql.unsafe(`
    WITH gone AS (DELETE FROM ${at(schema, table)} AS ${q(alias)} WHERE ${where} RETURNING ${q(alias)}.*)
    INSERT INTO ${at(schema, place)} (quarantine_reason, ${columns}) SELECT ${quoteLiteral(reason)}, ${columns} FROM gone`);
  return { table, rows: result.count, why: reason };
}

/** Does what a domain says of rows that the declared schema does not allow; each row as it was is kept. Without `rows`: all that were
 *  found. */
export async function applyRowRule(
  sql: Sql,
  target: SchemaModel,
  live: RelationModel,
  rule: RowRule,
): Promise<Omit<Quarantined, 'rows'> & { readonly rows?: number }> {
  const { schema } = target;
  const table = live.name;
  if (rule.set === undefined)
    return await quarantine(sql, target, live, { table, reason: rule.rule, where: rule.where }, table);
  const place = quarantineOf(target, table);
  await ensureQuarantine(sql, schema, table, place);
  const columns = list(live.columns.map(({ name }) => name));
  const sets = Object.entries(rule.set).map(([column, value]) => `${q(column)} = ${value}`);
  await sql.unsafe(`
    SELECT set_config('search_path', 'pg_catalog, ' || quote_ident(${quoteLiteral(schema)}), true);
    INSERT INTO ${at(schema, place)} (quarantine_reason, ${columns}) SELECT ${quoteLiteral(rule.rule)}, ${columns} FROM ${at(schema, table)} AS ${q(table)} WHERE ${rule.where};
    UPDATE ${at(schema, table)} AS ${q(table)} SET ${sets.join(', ')} WHERE ${rule.where}`);
  return { table, why: rule.rule };
}

/** How many rows a rule means. Read-only. */
export async function countRule(sql: Sql, schema: string, table: string, { where }: RowRule): Promise<number> {
  const [row] = await sql.unsafe(`SELECT count(*) FROM ${at(schema, table)} AS ${q(table)} WHERE ${where}`).values();
  return Number(row?.[0] ?? 0);
}
