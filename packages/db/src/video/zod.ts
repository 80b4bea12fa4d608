import { createInsertSchema, createSelectSchema, createUpdateSchema } from 'drizzle-orm/zod';
import { z } from 'zod';
import { VIDEO_DURATIONS_SECONDS, videoRequests } from './schema.ts';

const durationSeconds = z.literal(VIDEO_DURATIONS_SECONDS);

export const videoRequestSelectSchema = createSelectSchema(videoRequests);
/** A new request, with the lengths that the table's check allows. */
export const videoRequestInsertSchema = createInsertSchema(videoRequests, { durationSeconds });
export const videoRequestUpdateSchema = createUpdateSchema(videoRequests, {
  durationSeconds: durationSeconds.optional(),
});
