import { pgSchema } from 'drizzle-orm/pg-core';

/** Agent Prompt Train: an LLM proxy, its dashboard, and the trains (projects) that use it. */
export const trainSchema = pgSchema('train');
