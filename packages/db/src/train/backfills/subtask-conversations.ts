import type { Backfill } from '@repo/migrate/config';

/** From each root (a request that started sub-tasks and is in none itself) down to all rows of its sub-tasks and theirs.
 *  UNION, not UNION ALL: a cycle of links ends. OFFSET 0, LIMIT 1 and arrays keep the planner at index probes, so that a batch
 *  costs what it holds, however large the table is. */
const WALK = (roots: string) => `
      ${roots},
      walk AS (
        SELECT conversation_id AS target, request_id FROM roots
        UNION
        SELECT walk.target, child.request_id
        FROM walk CROSS JOIN LATERAL (
          SELECT c.request_id FROM train.api_requests AS c WHERE c.parent_task_request_id = walk.request_id OFFSET 0
        ) AS child
      ),
      astray AS (
        SELECT r.request_id, r.conversation_id, r."timestamp", walk.target
        FROM walk CROSS JOIN LATERAL (
          SELECT a.* FROM train.api_requests AS a WHERE a.request_id = walk.request_id OFFSET 0
        ) AS r
        WHERE r.conversation_id <> walk.target
      )`;

const IS_ROOT = `r.parent_task_request_id IS NULL AND r.conversation_id IS NOT NULL
          AND (SELECT true FROM train.api_requests AS child WHERE child.parent_task_request_id = r.request_id LIMIT 1)`;

/** Migration 008: sub-tasks become branches of the conversation that started them. */
export const subtaskConversations: Backfill = {
  name: 'subtask-conversations',
  rule:
    'All rows of a sub-task get the conversation of the request at the top of its chain of parent_task_request_id, and the branch ' +
    'subtask_N. N goes on from the greatest subtask_N that the conversation has; the sub-tasks that come in are numbered by their ' +
    'first time, then first request id, one number for each conversation they were. A conversation gets all its ' +
    'sub-tasks in one transaction. Rows that are there already keep their branch, also one that is not subtask_N. Without a known ' +
    'parent, conversation of the top request, or conversation of its own, a row stays as it is.',
  table: 'train.api_requests',
  key: { column: 'request_id', type: 'uuid' },
  batchSize: 500,
  batch: `
    WITH RECURSIVE ${WALK(`conversations AS (
        SELECT DISTINCT r.conversation_id FROM train.api_requests AS r
        WHERE ($1::uuid IS NULL OR r.request_id > $1) AND r.request_id <= $2 AND ${IS_ROOT}
      ),
      roots AS (
        SELECT r.request_id, r.conversation_id FROM train.api_requests AS r
        WHERE r.conversation_id = ANY (ARRAY(SELECT conversation_id FROM conversations)) AND ${IS_ROOT}
      )`)},
      taken AS (
        SELECT c.conversation_id AS target, coalesce(used.number, 0) AS number
        FROM conversations AS c CROSS JOIN LATERAL (
          SELECT max(substring(r.branch_id FROM '^subtask_([0-9]{1,9})$')::integer) AS number
          FROM train.api_requests AS r WHERE r.conversation_id = c.conversation_id AND r.branch_id LIKE 'subtask_%'
        ) AS used
      ),
      firsts AS (
        SELECT DISTINCT ON (target, conversation_id) target, conversation_id, "timestamp", request_id
        FROM astray ORDER BY target, conversation_id, "timestamp", request_id
      ),
      numbered AS (
        SELECT target, conversation_id,
          taken.number + row_number() OVER (PARTITION BY target ORDER BY "timestamp", request_id) AS number
        FROM firsts JOIN taken USING (target)
      )
    UPDATE train.api_requests AS request
    SET conversation_id = astray.target, branch_id = 'subtask_' || numbered.number
    FROM astray JOIN numbered USING (target, conversation_id)
    WHERE request.request_id = astray.request_id AND request.request_id = ANY (ARRAY(SELECT request_id FROM astray))`,
  remaining: `
    WITH RECURSIVE ${WALK(`roots AS (
        SELECT r.request_id, r.conversation_id FROM train.api_requests AS r
        WHERE r.request_id IN (
          SELECT parent_task_request_id FROM train.api_requests WHERE parent_task_request_id IS NOT NULL)
          AND r.parent_task_request_id IS NULL AND r.conversation_id IS NOT NULL
      )`)}
    SELECT count(*) FROM astray`,
};
