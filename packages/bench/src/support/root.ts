import { join } from 'node:path';

/** The workspace root. */
export const root = join(import.meta.dirname, '../../../..');
