import type { Seed } from '@repo/migrate/config';
import { insertMissing } from '../insert-missing.ts';
import { plans } from './schema.ts';
import type { NewPlan } from './types.ts';

/** The four plans, as the first migration inserts them. Prices in US cents a month. */
export const referencePlans: readonly NewPlan[] = [
  { id: 'free', name: 'Free', priceCents: 0, monthlyCredits: 100 },
  { id: 'starter', name: 'Starter', priceCents: 900, monthlyCredits: 1_000 },
  { id: 'pro', name: 'Pro', priceCents: 1_900, monthlyCredits: 5_000 },
  { id: 'scale', name: 'Scale', priceCents: 4_900, monthlyCredits: 25_000 },
];

/** Reference: plans that are missing. One that exists keeps its price and credits, whatever they are. */
export const seed: Seed = {
  reference: async (sql) => [
    { table: 'plans', inserted: await insertMissing(sql, plans, referencePlans), rows: referencePlans.length },
  ],
  missing: async (sql) => {
    const found = new Set((await sql<{ id: string }[]>`SELECT id FROM optimizer.plans`).map(({ id }) => id));
    return referencePlans.filter(({ id }) => !found.has(id)).map(({ id }) => `plans ${id}`);
  },
  present: async (sql) =>
    (
      await sql<
        { name: string }[]
      >`SELECT id || ' (' || name || ')' AS name FROM optimizer.plans ORDER BY price_cents, id`
    ).map(({ name }) => `plans ${name}`),
  demo: async (sql, options) => (await import('./demo.ts')).demo(sql, options),
};
