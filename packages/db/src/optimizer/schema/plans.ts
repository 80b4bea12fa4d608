import { integer, text } from 'drizzle-orm/pg-core';
import { optimizerSchema } from './optimizer.ts';

/** One row per subscription tier that can be bought. The four rows come with the first migration; the application only reads them. */
export const plans = optimizerSchema.table('plans', {
  /** Stable word that code compares with: free, starter, pro, scale. */
  id: text('id').primaryKey(),
  /** As shown to the shop owner. */
  name: text('name').notNull(),
  /** US cents a month. 0: free of charge. */
  priceCents: integer('price_cents').notNull(),
  /** Credits that a month brings; one credit pays for one attribute of one product. */
  monthlyCredits: integer('monthly_credits').notNull(),
});
