import type { Sql } from 'postgres';
import { countOf } from '../errors/count-of.ts';
import { sqlStateOf } from '../errors/from-driver.ts';
import { quoteLiteral } from '../objects/quote.ts';
import type { Leaving } from './draft.ts';
import type { RowRule } from './mapping.ts';
import type { RelationModel, SchemaModel } from './model.ts';
import { at, list, q, suffixed } from './names.ts';
import { readModel } from './read-model.ts';
import { readReferrers, refersTo } from './referrers.ts';

/** Rows that a finish has moved or changed. */
export interface Quarantined {
  readonly table: string;
  readonly rows: number;
  readonly why: string;
}

/** Where the rows of a table go: beside it, under a name that the domain does not declare and that nobody else has taken. */
export function quarantineOf(target: SchemaModel, relations: readonly RelationModel[], table: string): string {
  const isTaken = (name: string) =>
    target.relations.some((one) => one.name === name) ||
    relations.some((one) => one.name === name && !one.columns.some((column) => column.name === 'quarantine_reason'));
  for (let number = 1; ; number += 1) {
    const name = suffixed(table, SUFFIXES[number - 1] ?? `_adopt_quarantine_${number - 1}`);
    if (!isTaken(name)) return name;
  }
}

const SUFFIXES = ['_quarantine', '_adopt_quarantine'];

/** Makes it where it is not there: a row as it was, when it left, and why. */
async function ensureQuarantine(sql: Sql, schema: string, table: string, place: string): Promise<void> {
  await sql.unsafe(`CREATE TABLE IF NOT EXISTS ${at(schema, place)} (
    quarantine_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, quarantined_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    quarantine_reason text NOT NULL, LIKE ${at(schema, table)})`);
}

/** Copies rows to the quarantine and takes them out of their table, in one statement. A row that rows of any table refer to stays, for they
 *  would go with it, or forget it; all of them stay where a rule or a trigger of the table refuses it. */
export async function quarantine(
  sql: Sql,
  target: SchemaModel,
  live: RelationModel,
  { table, reason, where }: Omit<Leaving, 'object'>,
  alias = 't',
): Promise<Quarantined> {
  const { schema } = target;
  const place = quarantineOf(target, (await readModel(sql, schema)).relations, table);
  await ensureQuarantine(sql, schema, table, place);
  const columns = list(live.columns.map(({ name }) => name));
  const held = (await readReferrers(sql, live.oid)).map((one) => ` AND NOT ${refersTo(one, q(alias))}`);
  try {
    const result = await sql.unsafe(`
      WITH gone AS (DELETE FROM ${at(schema, table)} AS ${q(alias)} WHERE (${where})${held.join('')} RETURNING ${q(alias)}.*)
      INSERT INTO ${at(schema, place)} (quarantine_reason, ${columns}) SELECT ${quoteLiteral(reason)}, ${columns} FROM gone`);
    const stay = held.length === 0 ? 0 : await countRule(sql, schema, table, { where }, alias);
    const why = stay === 0 ? reason : `${reason}; ${countOf(stay, 'row')} more, to which other rows refer, stay`;
    return { table, rows: result.count, why };
  } catch (error) {
    if (!REFUSALS.test(sqlStateOf(error) ?? '')) throw error;
    return { table, rows: 0, why: `${reason}; they stay: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** A rule that is in the way of DELETE, a key that forbids it, a trigger that raises. */
const REFUSALS = /^(0A000|23...|P0001)$/;

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
  const place = quarantineOf(target, (await readModel(sql, schema)).relations, table);
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
export async function countRule(
  sql: Sql,
  schema: string,
  table: string,
  { where }: Pick<RowRule, 'where'>,
  alias = table,
): Promise<number> {
  const [row] = await sql.unsafe(`SELECT count(*) FROM ${at(schema, table)} AS ${q(alias)} WHERE ${where}`).values();
  return Number(row?.[0] ?? 0);
}
