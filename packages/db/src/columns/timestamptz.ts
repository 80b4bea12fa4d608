import { timestamp } from 'drizzle-orm/pg-core';

/** A moment in time, as Date: milliseconds of precision reach JavaScript, microseconds stay in the database. */
export function timestamptz(name: string) {
  return timestamp(name, { withTimezone: true, mode: 'date' });
}
