import type { Sql } from 'postgres';
import { sqlStateOf } from '../errors/from-driver.ts';
import { quoteLiteral } from '../objects/quote.ts';
import { quoted } from '../online/relation-name.ts';
import type { Answer, InTheWay, NotAnswered, PendingRequirement } from './requirement.ts';

/** Milliseconds for one question: what takes longer reads too much beside the application. */
const QUESTION_MS = 5000;
/** Milliseconds to wait for a table that somebody holds in ACCESS EXCLUSIVE. */
export const LOCK_MS = 200;
const KEYS_SHOWN = 5;

/** No such relation, schema, column, type or function (yet): there is no row that could be in the way of it. */
const NOT_THERE = new Set(['42P01', '3F000', '42703', '42704', '42883']);

/** Asks for the rows in the way, one question after another, each in a read-only transaction with a time limit. No lock that it takes
 *  stands in a writer's way. */
export async function askRows(
  sql: Sql,
  requirements: readonly PendingRequirement[],
  questionMs = QUESTION_MS,
): Promise<Answer> {
  const inTheWay: InTheWay[] = [];
  const notAnswered: NotAnswered[] = [];
  for (const requirement of requirements) {
    const { migration, at, kind, what, repair } = requirement;
    try {
      const { rows, keys } = await ask(sql, requirement, questionMs);
      if (rows > 0) inTheWay.push({ migration, at, kind, what, rows, keys, repair });
    } catch (error) {
      const why = whyNot(error, questionMs);
      if (why !== null) notAnswered.push({ migration, at, what, why });
    }
  }
  return { inTheWay, notAnswered };
}

async function ask(sql: Sql, { table, condition }: PendingRequirement, questionMs: number) {
  const [row] = await sql.begin('READ ONLY', async (tx) => {
    await tx.unsafe(
      `SET LOCAL statement_timeout = ${questionMs}; SET LOCAL lock_timeout = ${LOCK_MS}; SET LOCAL jit = off`,
    );
    const key = await keyExpression(tx, quoted(table));
    return await tx.unsafe<{ rows: number; keys: readonly string[] }[]>(`
      WITH in_the_way AS MATERIALIZED (SELECT ${key} AS key FROM ${quoted(table)} WHERE ${condition})
      SELECT count(*)::float8 AS rows, (SELECT coalesce(jsonb_agg(page.key), '[]') FROM (SELECT key FROM in_the_way LIMIT ${KEYS_SHOWN}) AS page) AS keys
      FROM in_the_way`);
  });
  return row ?? { rows: 0, keys: [] };
}

/** The primary key as text, `a=1, b=2`; where there is none, the place of the row. */
async function keyExpression(sql: Sql | { unsafe: Sql['unsafe'] }, table: string): Promise<string> {
  const columns = await sql.unsafe<{ name: string; quoted: string }[]>(`
    SELECT a.attname AS name, quote_ident(a.attname) AS quoted FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k (attnum, place), pg_attribute a
    WHERE i.indrelid = to_regclass(${quoteLiteral(table)}) AND i.indisprimary AND a.attrelid = i.indrelid AND a.attnum = k.attnum
      AND k.place <= i.indnkeyatts ORDER BY k.place`);
  if (columns.length === 0) return `'ctid=' || ctid::text`;
  return columns.map((column) => `${quoteLiteral(`${column.name}=`)} || ${column.quoted}::text`).join(` || ', ' || `);
}

/** NULL: what it asks about is not there. The server's words may quote a value, and are not repeated. */
function whyNot(error: unknown, questionMs: number): string | null {
  const state = sqlStateOf(error);
  if (state === undefined) throw error;
  if (NOT_THERE.has(state)) return null;
  if (state === '57014') return `not answered within ${questionMs / 1000} s`;
  if (state === '55P03') return 'the table is locked';
  return state === '42501' ? 'the role may not read the table' : `the server refused the question (${state})`;
}
