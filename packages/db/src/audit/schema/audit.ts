import { pgSchema } from 'drizzle-orm/pg-core';

/** What the form-filling bots did: their job runs, the stages of each, and the figures over both. */
export const auditSchema = pgSchema('audit');

/** A JSON object whose keys the bots decide. */
export type JsonObject = Readonly<Record<string, unknown>>;
