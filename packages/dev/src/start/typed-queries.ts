import { createDb } from '@repo/db';
import type { Sql } from 'postgres';

export interface Look {
  /** Migrations in the history. */
  readonly migrations: number;
  readonly tables: number;
  readonly views: number;
  /** Rows of all tables, counted. */
  readonly rows: number;
  /** What one relational query found, in words. */
  readonly found: string;
}

/** One typed relational query per domain, as an app would write it. */
const QUERIES = {
  bot: async (url: string) => {
    await using db = createDb({ domain: 'bot', url, app: 'start', connectionsMax: 2 });
    const cases = await db.query.modCases.findMany({
      with: { scheduledActions: true },
      orderBy: { id: 'desc' },
      limit: 10,
    });
    return await look(db.$client, 'bot', `${cases.length} newest cases`);
  },
  audit: async (url: string) => {
    await using db = createDb({ domain: 'audit', url, app: 'start', connectionsMax: 2 });
    const jobs = await db.query.jobs.findMany({ with: { stages: true }, orderBy: { acceptedAt: 'desc' }, limit: 10 });
    return await look(db.$client, 'audit', `${jobs.length} newest jobs`);
  },
  video: async (url: string) => {
    await using db = createDb({ domain: 'video', url, app: 'start', connectionsMax: 2 });
    const requests = await db.query.videoRequests.findMany({ where: { status: 'completed' }, limit: 10 });
    return await look(db.$client, 'video', `${requests.length} completed requests`);
  },
  optimizer: async (url: string) => {
    await using db = createDb({ domain: 'optimizer', url, app: 'start', connectionsMax: 2 });
    const plans = await db.query.plans.findMany({ orderBy: { priceCents: 'asc' } });
    return await look(db.$client, 'optimizer', `plans ${plans.map(({ id }) => id).join(', ')}`);
  },
  train: async (url: string) => {
    await using db = createDb({ domain: 'train', url, app: 'start', connectionsMax: 2 });
    const trains = await db.query.trains.findMany({ with: { members: true }, limit: 10 });
    return await look(db.$client, 'train', `${trains.length} trains`);
  },
} as const;

/** Runs the domain's typed query and counts what its schema holds. */
export function lookAt(domain: string, url: string): Promise<Look> {
  const query = QUERIES[domain as keyof typeof QUERIES];
  return query(url);
}

async function look(sql: Sql, schema: string, found: string): Promise<Look> {
  const relations = await sql<{ name: string; kind: 'r' | 'v' | 'm' }[]>`
    SELECT relname AS name, relkind AS kind FROM pg_class
    WHERE relnamespace = to_regnamespace(${schema}) AND relkind IN ('r', 'v', 'm')`;
  const tables = relations.filter(({ kind }) => kind === 'r');
  const counts = await Promise.all(
    tables.map(async ({ name }) => {
      const [row] = await sql<{ n: number }[]>`SELECT count(*)::int AS n FROM ${sql(schema)}.${sql(name)}`;
      return row?.n ?? 0;
    }),
  );
  const [applied] = await sql<
    { n: number }[]
  >`SELECT count(*)::int AS n FROM migrations.applied WHERE domain = ${schema}`;
  return {
    migrations: applied?.n ?? 0,
    tables: tables.length,
    views: relations.length - tables.length,
    rows: counts.reduce((sum, n) => sum + n, 0),
    found,
  };
}
