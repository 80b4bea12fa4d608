import type { Backfill } from '@repo/migrate/config';

/** For the conversations of unlinked rows: the one request whose Task prompt is a text of the conversation's first message.
 *  OFFSET 0 keeps the planner at one index probe per text: it takes task_tool_invocation for empty, as it was a moment ago. */
const FOUND = (range: string) => `
    SELECT first.conversation_id, (array_agg(DISTINCT parent.request_id))[1] AS parent_task_request_id
    FROM (
      SELECT DISTINCT r.conversation_id FROM train.api_requests AS r
      WHERE r.conversation_id IS NOT NULL AND r.parent_task_request_id IS NULL AND r.is_subtask IS NOT TRUE
        AND EXISTS (SELECT FROM train.api_requests WHERE task_tool_invocation IS NOT NULL)
        ${range}
    ) AS unlinked
    CROSS JOIN LATERAL (
      SELECT f.conversation_id, f."timestamp", f.body #> '{messages,0}' AS message
      FROM train.api_requests AS f
      WHERE f.conversation_id = unlinked.conversation_id ORDER BY f."timestamp", f.request_id LIMIT 1
    ) AS first
    CROSS JOIN LATERAL (
      SELECT message -> 'content' AS prompt WHERE jsonb_typeof(message -> 'content') = 'string'
      UNION ALL
      SELECT block -> 'text' FROM jsonb_array_elements(
        CASE jsonb_typeof(message -> 'content') WHEN 'array' THEN message -> 'content' ELSE '[]' END) AS content (block)
      WHERE block ->> 'type' = 'text' AND jsonb_typeof(block -> 'text') = 'string'
    ) AS said
    CROSS JOIN LATERAL (
      SELECT p.request_id FROM train.api_requests AS p
      WHERE (
          p.task_tool_invocation @> jsonb_build_array(jsonb_build_object('prompt', said.prompt))
          OR p.task_tool_invocation @> jsonb_build_array(jsonb_build_object('input', jsonb_build_object('prompt', said.prompt)))
        )
        AND p.conversation_id IS DISTINCT FROM first.conversation_id
        AND p."timestamp" < first."timestamp" AND p."timestamp" >= first."timestamp" - interval '12 hours'
      OFFSET 0
    ) AS parent
    WHERE message ->> 'role' = 'user' AND said.prompt <> '""'
    GROUP BY first.conversation_id
    HAVING count(DISTINCT parent.request_id) = 1`;

/** Migration 003: which request started a conversation as its sub-task. */
export const subtaskLinks: Backfill = {
  name: 'subtask-links',
  rule:
    'A conversation is the sub-task of a request when a text of its first message (of the earliest request; equal times: the least id) is ' +
    'the prompt of a Task tool use of that request, which belongs to another conversation and precedes it by at most 12 hours: the window ' +
    'of the running query, not the 30 seconds of its comment, because a request is dated when it arrives and its answer may take minutes. ' +
    'All rows of the conversation get parent_task_request_id and is_subtask. Known links are never changed. Where several requests ' +
    'fit, none is chosen: the link stays NULL.',
  table: 'train.api_requests',
  key: { column: 'request_id', type: 'uuid' },
  batchSize: 1_000,
  batch: `
    UPDATE train.api_requests AS request
    SET parent_task_request_id = found.parent_task_request_id, is_subtask = true
    FROM (${FOUND('AND ($1::uuid IS NULL OR r.request_id > $1) AND r.request_id <= $2')}) AS found
    WHERE request.conversation_id = found.conversation_id
      AND ($1::uuid IS NULL OR request.request_id > $1) AND request.request_id <= $2
      AND request.parent_task_request_id IS NULL AND request.is_subtask IS NOT TRUE`,
  remaining: `
    SELECT count(*) FROM (${FOUND('')}) AS found JOIN train.api_requests AS request USING (conversation_id)
    WHERE request.parent_task_request_id IS NULL AND request.is_subtask IS NOT TRUE`,
};
