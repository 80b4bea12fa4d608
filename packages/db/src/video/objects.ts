import { comment, type SqlObject } from '@repo/migrate/config';
import { videoRequests } from './schema.ts';

/** What drizzle-kit cannot model, in the order in which it is created. */
export const objects: readonly SqlObject[] = [
  comment(videoRequests, 'Video generation requests with their full lifecycle'),
];
