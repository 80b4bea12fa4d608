import type { SqlObject } from '@repo/migrate/config';

/** Drizzle models all of this domain. */
export const objects: readonly SqlObject[] = [];
