import type { Sql, TransactionSql } from 'postgres';
import { loadGrammar } from '../sql/parse.ts';
import { fitBoth } from './fit-both.ts';
import { seededRandom } from './random.ts';
import { insertOf, type Picks, type Recipe, recipeOf } from './recipe.ts';
import { type Fillable, type Rule, readTables, type TableToFill } from './tables.ts';

export interface FillOptions {
  /** Rows that a table shall get, by its qualified and quoted name; 0 leaves it as it is. */
  readonly rows: (table: string) => number;
  /** Equal seeds give equal rows. Absent: 1. */
  readonly seed?: number;
  /** A later state of the tables that the rows must fit, too. */
  readonly later?: Fillable | undefined;
}

export interface Filled {
  /** Qualified and quoted. */
  readonly table: string;
  /** Rows that were inserted; fewer than asked for where keys run out. */
  readonly rows: number;
  /** Why no row could be made. NULL: there are some, or none was asked for. */
  readonly why: string | null;
}

/** Fills the tables of some schemas with made-up rows that respect types, keys, checks, enums, domains and partitions, parents first.
 *  What a check wants is guessed from its constants and tried; a table for which no row is found is reported with the server's reason
 *  and stays as it was. Triggers fire; where they refuse every row, a superuser fills past them. */
export async function fillTables(
  sql: Sql,
  schemas: readonly string[],
  options: FillOptions,
): Promise<readonly Filled[]> {
  await loadGrammar();
  const now = await readTables(sql, schemas);
  const fillable = options.later === undefined ? now : fitBoth(now, options.later);
  const random = seededRandom(options.seed ?? 1);
  const filled: Filled[] = [];
  for (const table of fillable.tables) {
    const wanted = options.rows(table.name);
    filled.push(
      wanted === 0 ? { table: table.name, rows: 0, why: null } : await fill(sql, table, fillable, wanted, random),
    );
  }
  return filled;
}

/** How many combinations of values are tried for one table. */
const TRIES = 400;
/** How many of them give each row a value of its own where there are any: what may be unique one day. */
const FIRST_TRIES = 20;
/** Rows a statement. */
const BATCH = 20_000;

async function fill(
  sql: Sql,
  table: TableToFill,
  fillable: Fillable,
  wanted: number,
  random: () => number,
): Promise<Filled> {
  const recipe = recipeOf(table, fillable);
  const found = await search(sql, table, recipe, Math.min(wanted, BATCH), random);
  if (!found.ok) return { table: table.name, rows: 0, why: found.why };
  let rows = found.rows;
  for (let next = BATCH + 1; next <= wanted; next += BATCH) {
    const more = await insert(
      sql,
      table,
      insertOf(table, recipe, found.picks),
      next,
      Math.min(next + BATCH - 1, wanted),
      found.past,
    );
    if (more.ok) rows += more.rows;
  }
  return { table: table.name, rows, why: null };
}

type Search =
  | { readonly ok: true; readonly rows: number; readonly picks: Picks; readonly past: boolean }
  | { readonly ok: false; readonly why: string };

/** Looks for values that the server takes: after a refusal the columns of the rule that refused get others. */
async function search(
  sql: Sql,
  table: TableToFill,
  recipe: Recipe,
  upTo: number,
  random: () => number,
): Promise<Search> {
  const picks = new Map<string, number>();
  let why = 'no row was taken';
  for (let tries = 0, past = false; tries < TRIES; tries += 1) {
    const tried = await insert(sql, table, insertOf(table, recipe, picks), 1, upTo, past);
    if (tried.ok && tried.rows > 0) return { ok: true, rows: tried.rows, picks, past };
    why = tried.ok ? 'every row stands in the way of another one' : tried.why;
    const columns = tried.ok ? [] : columnsOf(tried, table);
    // A trigger refused it, or nobody says which column it was.
    if (columns.length === 0 && tries > TRIES / 2) past = true;
    if (!vary(recipe, { columns, unlike: tries < FIRST_TRIES }, picks, random)) break;
  }
  return { ok: false, why };
}

type Tried = { readonly ok: true; readonly rows: number } | Refusal;

interface Refusal {
  readonly ok: false;
  readonly why: string;
  readonly constraint: string | undefined;
  readonly column: string | undefined;
}

async function insert(
  sql: Sql,
  table: TableToFill,
  text: string,
  from: number,
  to: number,
  pastTriggers = false,
): Promise<Tried> {
  const later = table.rules.filter(({ isLater }) => isLater === true);
  const write = async (one: Pick<Sql, 'unsafe'>) =>
    (await one.unsafe(text, text.includes('$1') ? [from, to] : [])).count;
  const run = async (tx: TransactionSql): Promise<number> => {
    if (pastTriggers) await tx`SET LOCAL session_replication_role = replica`;
    const count = await write(tx);
    for (const rule of later) await requireRule(tx, table, rule);
    return count;
  };
  try {
    return { ok: true, rows: pastTriggers || later.length > 0 ? await sql.begin(run) : await write(sql) };
  } catch (error) {
    const { message, code, constraint_name, column_name } = error as Readonly<Record<string, string>>;
    if (code === '42601') throw error;
    return { ok: false, why: message ?? 'refused', constraint: constraint_name, column: column_name };
  }
}

/** A rule whose expression the server cannot read here speaks of what is not there yet. */
async function requireRule(tx: TransactionSql, { name: table }: TableToFill, { name, text }: Rule): Promise<void> {
  await tx`SAVEPOINT rule`;
  const rows = await tx.unsafe(`SELECT FROM ${table} WHERE NOT (${text}) LIMIT 1`).catch(async () => {
    await tx`ROLLBACK TO SAVEPOINT rule`;
    return [];
  });
  if (rows.length > 0) throw Object.assign(new Error(`rows break the later rule ${name}`), { constraint_name: name });
}

/** The columns that a refusal is about; empty where it does not say. */
function columnsOf({ constraint, column, why }: Refusal, table: TableToFill): readonly string[] {
  if (column !== undefined)
    return table.columns.map(({ name }) => name).filter((name) => name.replaceAll('"', '') === column);
  const isPartition = why.includes('no partition of relation');
  return table.rules.find(({ name }) => (isPartition ? name === '' : name === constraint))?.columns ?? [];
}

/** Gives the columns other values, `unlike` in each row as far as any are; false where there are none. */
function vary(
  recipe: Recipe,
  { columns, unlike }: { readonly columns: readonly string[]; readonly unlike: boolean },
  picks: Map<string, number>,
  random: () => number,
): boolean {
  const open = recipe.columns.filter(
    ({ column, values }) => values.length > 1 && (columns.length === 0 || columns.includes(column.name)),
  );
  const from = open.length > 0 ? open : recipe.columns.filter(({ values }) => values.length > 1);
  // A rule of many columns needs several at once; one that nobody names is found by little steps.
  const share = columns.length === 0 ? 2 / Math.max(from.length, 1) : 1;
  for (const { column, values } of from) if (random() < share) picks.set(column.name, pick(values, unlike, random));
  return from.length > 0;
}

/** The number of a value. In those that differ from row to row stands `g`, the number of the row. */
function pick(values: readonly string[], unlike: boolean, random: () => number): number {
  const own = values.flatMap((value, at) => (/\bg\b/.test(value) ? at : []));
  const from = unlike && own.length > 0 ? own : [...values.keys()];
  return from[Math.floor(random() * from.length)] ?? 0;
}
