import { defineRelations } from 'drizzle-orm';
import { videoRequests } from './schema.ts';

/** For `db.query`; the domain has one table and so no relation. */
export const relations = defineRelations({ videoRequests });
