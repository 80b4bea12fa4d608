import { sql } from 'drizzle-orm';
import { bigint, numeric, varchar } from 'drizzle-orm/pg-core';
import { timestamptz } from '../../columns/timestamptz.ts';
import { trainSchema } from './train.ts';

/** One row per UTC hour, train and model that had requests, over all requests. Correct as of its last refresh:
 *  `db.refreshMaterializedView(hourlyStats).concurrently()`. No moving window, so that a refresh of equal rows changes nothing. */
export const hourlyStats = trainSchema
  .materializedView('hourly_stats', {
    /** Start of the hour. */
    hour: timestamptz('hour'),
    trainId: varchar('train_id', { length: 255 }),
    /** NULL: the requests named no model. */
    model: varchar('model', { length: 100 }),
    requestCount: bigint('request_count', { mode: 'number' }),
    /** Sums are NULL where no request of the row has a known count. */
    totalInputTokens: bigint('total_input_tokens', { mode: 'number' }),
    totalOutputTokens: bigint('total_output_tokens', { mode: 'number' }),
    totalCacheCreationTokens: bigint('total_cache_creation_tokens', { mode: 'number' }),
    totalCacheReadTokens: bigint('total_cache_read_tokens', { mode: 'number' }),
    /** Milliseconds, over the requests that ended. NULL: none did. */
    avgResponseTime: numeric('avg_response_time'),
    totalToolCalls: bigint('total_tool_calls', { mode: 'number' }),
  })
  .as(sql`
    SELECT
      date_trunc('hour', "timestamp", 'UTC') AS hour,
      train_id,
      model,
      count(*) AS request_count,
      sum(input_tokens) AS total_input_tokens,
      sum(output_tokens) AS total_output_tokens,
      sum(cache_creation_input_tokens) AS total_cache_creation_tokens,
      sum(cache_read_input_tokens) AS total_cache_read_tokens,
      avg(duration_ms) AS avg_response_time,
      sum(tool_call_count) AS total_tool_calls
    FROM train.api_requests
    GROUP BY date_trunc('hour', "timestamp", 'UTC'), train_id, model
  `);
