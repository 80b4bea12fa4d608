import type { z } from 'zod';
import { DbClientError } from '../errors.ts';

/** Parses rows with a table's select schema, so that a jsonb column is what its type says also where an older program or a person
 *  wrote it: `parseRows(jobSelectSchema, await db.select().from(jobs))`.
 *  @throws {DbClientError} DB_CLIENT_ROW_INVALID: which row and which part of it, without its value */
export function parseRows<S extends z.ZodType>(schema: S, rows: readonly unknown[]): z.output<S>[] {
  return rows.map((row, at) => {
    const parsed = schema.safeParse(row);
    if (parsed.success) return parsed.data;
    const faults = parsed.error.issues.map(({ path, code }) => `${path.join('.')} (${code})`);
    throw new DbClientError('DB_CLIENT_ROW_INVALID', `row ${at} is not what its schema says: ${faults.join(', ')}`);
  });
}
