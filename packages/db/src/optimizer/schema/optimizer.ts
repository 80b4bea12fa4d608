import { pgSchema } from 'drizzle-orm/pg-core';

/** The Wix optimizer backend: shops, their credits, and the texts that a model rewrites for them. */
export const optimizerSchema = pgSchema('optimizer');

/** Life of a job. CANCELED is set by the user; FAILED when every item failed. */
export const jobStatus = optimizerSchema.enum('job_status', ['PENDING', 'RUNNING', 'DONE', 'FAILED', 'CANCELED']);

/** Life of one item of a job. PENDING and RUNNING are the worker's queue. */
export const itemStatus = optimizerSchema.enum('item_status', ['PENDING', 'RUNNING', 'DONE', 'FAILED']);
