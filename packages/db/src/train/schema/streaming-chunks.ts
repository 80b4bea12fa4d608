import { foreignKey, integer, serial, text, unique, uuid } from 'drizzle-orm/pg-core';
import { timestamptz } from '../../columns/timestamptz.ts';
import { apiRequests } from './api-requests.ts';
import { trainSchema } from './train.ts';

/** One row per server-sent event of a streamed response, in order. Written by the proxy while it streams. */
export const streamingChunks = trainSchema.table(
  'streaming_chunks',
  {
    id: serial('id').primaryKey(),
    requestId: uuid('request_id').notNull(),
    /** Position in the stream, from 0. */
    chunkIndex: integer('chunk_index').notNull(),
    /** When the chunk arrived. */
    timestamp: timestamptz('timestamp').notNull(),
    /** The event's data, as received. */
    data: text('data').notNull(),
    tokenCount: integer('token_count').default(0),
    createdAt: timestamptz('created_at').defaultNow(),
  },
  (t) => [
    foreignKey({
      name: 'streaming_chunks_request_id_fkey',
      columns: [t.requestId],
      foreignColumns: [apiRequests.requestId],
    }).onDelete('cascade'),
    // one stream in order; its prefix serves every look-up by request
    unique('streaming_chunks_request_id_chunk_index_key').on(t.requestId, t.chunkIndex),
  ],
);
