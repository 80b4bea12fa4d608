import type { Backfill } from '@repo/migrate/config';

/** Rows whose stored response used the Task tool with a prompt, and those uses in order. */
const FOUND = (range: string) => `
    SELECT r.request_id,
      jsonb_agg(jsonb_build_object(
        'id', block -> 'id', 'name', block -> 'name', 'prompt', block #> '{input,prompt}',
        'description', block #> '{input,description}') ORDER BY position) AS invocations
    FROM train.api_requests AS r
    CROSS JOIN LATERAL jsonb_array_elements(
      CASE jsonb_typeof(r.response_body -> 'content') WHEN 'array' THEN r.response_body -> 'content' ELSE '[]' END
    ) WITH ORDINALITY AS content (block, position)
    WHERE r.task_tool_invocation IS NULL
      AND r.response_body @> '{"content": [{"type": "tool_use", "name": "Task"}]}'
      AND block @> '{"type": "tool_use", "name": "Task"}' AND jsonb_typeof(block #> '{input,prompt}') = 'string'
      ${range}
    GROUP BY r.request_id`;

/** Migration 003: what the Task tool was asked, from responses stored before the column existed. */
export const taskInvocations: Backfill = {
  name: 'task-invocations',
  rule:
    'task_tool_invocation becomes the array of {id, name, prompt, description} of the content blocks of response_body that use the ' +
    'tool named Task with a text as prompt, in their order. Known values are never changed. Responses without such a block stay NULL.',
  table: 'train.api_requests',
  key: { column: 'request_id', type: 'uuid' },
  connections: 2,
  batchSize: 1_000,
  batch: `
    UPDATE train.api_requests AS request SET task_tool_invocation = found.invocations
    FROM (${FOUND('AND ($1::uuid IS NULL OR r.request_id > $1) AND r.request_id <= $2')}) AS found
    WHERE request.request_id = found.request_id AND request.task_tool_invocation IS NULL`,
  remaining: `SELECT count(*) FROM (${FOUND('')}) AS found`,
};
