import { testServers } from '@repo/local-postgres/vitest';
import postgres, { type Sql } from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { type AdoptOptions, adoptDomain } from '../src/adopt/adopt-domain.ts';
import { finishAdoption } from '../src/adopt/finish-adoption.ts';
import { undoAdoption } from '../src/adopt/undo-adoption.ts';
import { openScratch } from '../src/author/scratch.ts';
import type { DomainConfig } from '../src/config.ts';
import { driftDomain, parseTarget } from '../src/index.ts';
import { changesOf, stateOf } from './support/adopt-state.ts';
import { DECLARED, FOUND, VARIANTS, type Variant } from './support/adopt-variants.ts';
import { emptyDatabase } from './support/database.ts';
import { everyVariant } from './support/env.ts';
import { createProject } from './support/project.ts';

const servers = await Promise.all(
  testServers().map(async ({ version, url }) => ({ version, url, scratch: await openScratch(url, () => {}) })),
);
afterAll(async () => {
  for (const { scratch } of servers) await scratch[Symbol.asyncDispose]();
});

/** Every variant on one of the servers; on all of them where everything is asked for. */
const cases = VARIANTS.flatMap((variant, index) =>
  servers
    .filter(
      ({ version }, at) =>
        version >= (variant.since ?? 15) &&
        (everyVariant() || at === index % servers.length || (variant.since ?? 15) > 15),
    )
    .map((server) => ({ variant, server, name: variant.name, version: server.version })),
);

test.each(cases)(
  '$name, PostgreSQL $version: taken back it is as it was found; adopted and finished nothing is lost',
  (one) => live(one.variant, one.server),
);

async function live(variant: Variant, { url: server, scratch }: (typeof servers)[number]): Promise<void> {
  await using database = await emptyDatabase(server);
  const { sql, url } = database;
  for (const text of [FOUND, variant.sql, 'ANALYZE']) await sql.unsafe(text);
  await using project = await createProject(DECLARED);
  const { domain, root } = project;
  const target = parseTarget(url, 'test');
  const options: AdoptOptions = {
    ...{
      root,
      target,
      scratch,
      fromSchema: 'public',
      keepInPlace: variant.keepInPlace ?? false,
      yes: true,
      appVersion: null,
    },
    ...{ decisions: variant.answers ?? {}, lock: { waitMs: 5000, onWait: () => {} } },
  };
  const before = await stateOf(sql);
  expect(await adoptDomain(domain, options)).toMatchObject({ outcome: 'adopted' });
  expect(await undoAdoption(domain, options)).toMatchObject({ outcome: 'undone' });
  expect(changesOf(before, await stateOf(sql))).toEqual([]);

  const { outcome, notes } = await adoptDomain(domain, options);
  expect(outcome).toBe('adopted');
  for (const table of variant.elsewhere ?? [])
    expect(notes).toContainEqual(expect.stringContaining(`table ${table} is made without rows`));
  expect(await differencesOf(domain, url)).toEqual([]);
  await inNewSession(url, variant.writes ?? 'INSERT INTO public.orders (user_id) VALUES (1)');
  const others = await rowsOfOthers(sql);
  const adopted = await rowsOf(sql, 'public', variant);
  const { waiting, retained } = await finishAdoption(domain, options);
  expect(waiting.map(({ object }) => object).toSorted()).toEqual(variant.waits?.toSorted() ?? []);
  expect(await rowsOf(sql, 'shop', variant)).toEqual(adopted);
  // Tables that stayed in place have moved by now.
  if (variant.keepInPlace !== true) expect(await rowsOfOthers(sql)).toEqual(others);
  expect(await leftOf(sql)).toMatchObject(variant.leave ?? {});
  expect(retained.filter(({ object, why }) => /_adopting$/.test(object) && !/once nothing/.test(why))).toEqual([]);
  expect(retained.filter(({ object, why }) => /_before_adoption/.test(object) && /redundant/.test(why))).toEqual([]);
  expect(await differencesOf(domain, url)).toEqual([]);
  await sql.unsafe(variant.news ?? NEWS);
}

const NEWS = `INSERT INTO shop.users (email) VALUES ('new@x');
  INSERT INTO shop.orders (user_id, total, note) SELECT max(id), 3, 'new' FROM shop.users`;

async function inNewSession(url: string, text: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await sql.unsafe(text).finally(() => sql.end());
}

/** Rows of the tables that are neither the domain's nor made by the adoption. */
async function rowsOfOthers(sql: Sql): Promise<Readonly<Record<string, string | undefined>>> {
  const state = await stateOf(sql);
  return Object.fromEntries(
    Object.entries(state).filter(([object]) => object.startsWith('rows of ') && !object.startsWith('rows of shop.')),
  );
}

/** Rows that have left a table, by its name. */
async function leftOf(sql: Sql): Promise<Readonly<Record<string, number>>> {
  const places = await sql<{ name: string; of: string }[]>`
    SELECT c.oid::regclass::text AS name, regexp_replace(c.relname, '(_adopt)?_quarantine$', '') AS of FROM pg_class AS c
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'quarantine_reason' WHERE c.relnamespace = to_regnamespace('shop')`;
  const counts: Record<string, number> = {};
  for (const { name, of } of places)
    counts[of] = Number((await sql.unsafe(`SELECT count(*)::int AS n FROM ${name}`))[0]?.['n']);
  return counts;
}

const differencesOf = async (domain: DomainConfig, url: string) =>
  (await driftDomain(domain, parseTarget(url, 'test'))).differences;

/** Rows of both tables, with those that have left them. */
async function rowsOf(
  sql: Sql,
  schema: string,
  { elsewhere = [] }: Variant,
): Promise<Readonly<Record<string, number>>> {
  const left = await leftOf(sql);
  const counts: Record<string, number> = {};
  for (const table of ['users', 'orders'].filter((one) => !elsewhere.includes(one))) {
    const [row] = await sql.unsafe<{ n: number }[]>(`SELECT count(*)::int AS n FROM ${schema}.${table}`);
    counts[table] = Number(row?.n) + (left[table] ?? 0);
  }
  return counts;
}
