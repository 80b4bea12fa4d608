import type { PgTable } from 'drizzle-orm/pg-core';

/** Any table that was declared with its columns. */
export type TypedTable = PgTable & { readonly $inferInsert: object; readonly $inferSelect: object };
