import type { Row } from '../harness/row.ts';
import { cleanDatabase } from './p12-clean-database.ts';

/** Every row of the bench, in the order of the table of targets. */
export const rows: readonly Row[] = [cleanDatabase];
