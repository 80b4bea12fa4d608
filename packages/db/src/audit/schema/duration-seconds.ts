import { sql } from 'drizzle-orm';

/** SQL for the seconds that a finished job or ended stage took: its duration_ms, else, where the writer left that out, what its
 *  two moments give. NULL: not ended, or ended before it started. */
export function durationSeconds(end: 'finished_at' | 'ended_at') {
  return sql.raw(`CASE
		WHEN ${end} IS NULL THEN NULL
		WHEN duration_ms IS NOT NULL THEN duration_ms / 1000.0
		WHEN ${end} >= started_at THEN extract(epoch FROM ${end} - started_at)
	END`);
}
