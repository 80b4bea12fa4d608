import { createInsertSchema, createSelectSchema, createUpdateSchema } from 'drizzle-orm/zod';
import { z } from 'zod';
import { appInstances, jobItems, jobs, plans, publishLogs } from './schema.ts';

/** Wix ids of the chosen products or collections. */
export const sourceIdsSchema = z.array(z.string().min(1)).readonly();
/** Texts of a product that a job can rewrite. */
export const attributesSchema = z.array(z.enum(['name', 'description', 'seoTitle', 'seoDescription'])).readonly();

const jobColumns = { sourceIds: sourceIdsSchema, attributes: attributesSchema };

export const planSelectSchema = createSelectSchema(plans);
export const planInsertSchema = createInsertSchema(plans);
export const planUpdateSchema = createUpdateSchema(plans);
export const appInstanceSelectSchema = createSelectSchema(appInstances);
export const appInstanceInsertSchema = createInsertSchema(appInstances);
export const appInstanceUpdateSchema = createUpdateSchema(appInstances);
export const jobSelectSchema = createSelectSchema(jobs, jobColumns);
export const jobInsertSchema = createInsertSchema(jobs, jobColumns);
export const jobUpdateSchema = createUpdateSchema(jobs, {
  sourceIds: sourceIdsSchema.optional(),
  attributes: attributesSchema.optional(),
});
export const jobItemSelectSchema = createSelectSchema(jobItems);
export const jobItemInsertSchema = createInsertSchema(jobItems);
export const jobItemUpdateSchema = createUpdateSchema(jobItems);
export const publishLogSelectSchema = createSelectSchema(publishLogs);
export const publishLogInsertSchema = createInsertSchema(publishLogs);
export const publishLogUpdateSchema = createUpdateSchema(publishLogs);
