import { compareCatalogs, readCatalog } from '@repo/migrate';
import postgres, { type Sql } from 'postgres';
import { expect } from 'vitest';
import { type MigratedDatabase, migratedDatabase } from '../support/database.ts';
import { type Ended, runDb } from '../support/run-db.ts';
import type { Bed, Statement, Variant } from './bed.ts';
import { type Contents, contentsOf, lossesOf } from './contents.ts';
import { newApplication } from './new-application.ts';

/** A bed and what was found in it, before anything was done. */
export interface Found {
  readonly bed: Bed;
  readonly variant: Variant | undefined;
  readonly url: string;
  readonly sql: Sql;
  /** Its tables that the domain declares. */
  readonly tables: readonly string[];
  readonly contents: ReadonlyMap<string, Contents>;
}

export const nameOf = (bed: Bed, variant: Variant | undefined) => `${bed.domain} ${variant?.name ?? 'production'}`;

export async function find(bed: Bed, variant: Variant | undefined, { url, sql }: MigratedDatabase): Promise<Found> {
  const rows = await sql<
    { name: string }[]
  >`SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`;
  const tables = rows.map(({ name }) => name).filter((name) => bed.tables.includes(name));
  const contents = new Map<string, Contents>();
  for (const table of tables) contents.set(table, await contentsOf(sql, `public.${table}`));
  return { bed, variant, url, sql, tables, contents };
}

/** Runs a command for the bed's domain, and expects it to end well. @returns its report of the domain */
export async function command(
  { bed, variant, url }: Found,
  server: string,
  ...args: readonly string[]
): Promise<Record<string, unknown>> {
  const scratch = args[0] === 'adopt' ? ['--scratch-url', server] : [];
  const ended: Ended = await runDb([...args, '--domain', bed.domain, '--json', ...scratch], url);
  expect(ended, `${nameOf(bed, variant)}: ${args.join(' ')}: ${ended.stdout.slice(0, 3000)}`).toMatchObject({
    exit: 0,
  });
  return JSON.parse(ended.stdout).domains[0];
}

/** No value of the tables is gone, in the domain's schema or under the old names. */
export async function expectNothingLost(
  { bed, variant, sql, tables, contents }: Found,
  schemas: readonly string[],
): Promise<void> {
  for (const schema of schemas) {
    for (const table of tables) {
      const losses = lossesOf(contents.get(table) ?? {}, await contentsOf(sql, `${schema}.${table}`));
      expect(losses, `${nameOf(bed, variant)}: ${schema}.${table}`).toEqual([]);
    }
  }
  expect(await missingOf(sql, variant?.expect?.keeps ?? []), nameOf(bed, variant)).toEqual([]);
}

async function missingOf(sql: Sql, names: readonly string[]): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const name of names) {
    const [relation = '', column] = name.split('.');
    const found = name.endsWith('()')
      ? await sql`SELECT FROM pg_proc WHERE proname = ${name.slice(0, -2)}`
      : column === undefined
        ? await sql`SELECT FROM pg_class WHERE relname = ${relation}`
        : await sql`SELECT FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind = 'r' WHERE c.relname = ${relation} AND a.attname = ${column}`;
    if (found.length === 0) missing.push(name);
  }
  return missing;
}

/** A round of the old application on one connection; `took` hears how long each statement took. @throws what the server refuses */
export async function oldRound(sql: Sql, bed: Bed, n: number, took: (ms: number) => void = () => {}): Promise<void> {
  for (const { text, values } of bed.application.round(n)) {
    const started = performance.now();
    await runOne(sql, { text, values: values ?? [] });
    took(performance.now() - started);
  }
  const { table, where } = bed.application.trace(n);
  const [row] = await sql.unsafe<{ n: number }[]>(`SELECT count(*)::int AS n FROM ${table} WHERE ${where}`);
  expect(row?.n, `${bed.domain}: round ${n} of the old application left its row`).toBe(1);
}

/** As a driver with prepared statements sends it. */
export async function runOne(sql: Sql, { text, values }: Statement): Promise<void> {
  await sql.unsafe(text, [...(values ?? [])], { prepare: true });
}

export function oldConnection(url: string): Sql {
  return postgres(url, { max: 1, onnotice: () => {} });
}

/** The old application starts anew and works, on a connection that finds what there is now. */
export async function oldStart({ bed, url }: Found, n: number): Promise<void> {
  const sql = oldConnection(url);
  try {
    for (const statement of bed.application.start) await sql.unsafe(statement);
    await oldRound(sql, bed, n);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** The domain's typed queries write and read. */
export async function newRound({ bed, variant, url }: Found, n: number, isFinished = false): Promise<void> {
  const { round, answer } = newApplication[bed.domain];
  const open = new Set(isFinished ? [] : variant?.expect?.untilFinish);
  const expected = Object.fromEntries(Object.entries(answer(n) as object).filter(([key]) => !open.has(key)));
  expect(JSON.parse(JSON.stringify(await round(url, n))), nameOf(bed, variant)).toMatchObject(expected);
}

/** Objects of the declared schema that a finished database has not, or has otherwise, but for those that a variant may keep. */
export async function undeclared({ bed, variant, sql }: Found, server: string): Promise<readonly string[]> {
  await using declared = await migratedDatabase(server);
  const wanted = await readCatalog(declared.sql, [bed.domain]);
  const live = await readCatalog(sql, [bed.domain]);
  const keeps = variant?.expect?.differs ?? [];
  const mayDiffer = (object: string) =>
    keeps.some((one) =>
      one.startsWith('table ') ? object === `table ${bed.domain}.${one.slice(6)}` : object.includes(one),
    );
  return compareCatalogs(wanted, live)
    .filter(({ left, right }) => left !== null && plain(left) !== plain(right ?? ''))
    .map(({ object }) => object)
    .filter((object) => !mayDiffer(object));
}

/** Without what a server prints otherwise once a column has had another type. */
function plain(definition: string): string {
  return definition.replaceAll(/::(text|character varying)(\[\])?|[()]/g, '');
}
