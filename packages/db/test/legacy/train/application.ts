import type { OldApplication } from '../bed.ts';

/** One request through the proxy, and the worker's and the dashboard's share. */
export const application: OldApplication = {
  start: [],
  round: (n) => [
    {
      text: `INSERT INTO api_requests (request_id, train_id, timestamp, method, path, headers, body, model, request_type, current_message_hash,
          conversation_id, branch_id, message_count, system_hash)
        VALUES ($1, 'train-2', now(), 'POST', '/v1/messages', '{}', $2, 'old-model', 'inference', $3, $4, 'main', 1, NULL)
        ON CONFLICT (request_id) DO NOTHING`,
      values: [requestId(n), '{"messages": []}', n.toString(16).padStart(64, '0'), conversationId(n)],
    },
    {
      text: `UPDATE api_requests SET response_status = 200, response_body = $2, input_tokens = $3, output_tokens = 5, total_tokens = $3 + 5,
          duration_ms = 900, task_tool_invocation = NULL WHERE request_id = $1`,
      values: [requestId(n), '{"content": [{"type": "text", "text": "☕"}]}', n],
    },
    {
      text: 'SELECT request_id FROM api_requests WHERE current_message_hash = $1 ORDER BY timestamp DESC LIMIT 100',
      values: [n.toString(16).padStart(64, '0')],
    },
    {
      text: `INSERT INTO conversation_analyses (conversation_id, branch_id, status) VALUES ($1, 'main', 'pending')
        ON CONFLICT (conversation_id, branch_id) DO NOTHING RETURNING id`,
      values: [conversationId(n)],
    },
    {
      text: `UPDATE conversation_analyses SET status = 'processing', retry_count = retry_count + 1
        WHERE id = (SELECT id FROM conversation_analyses WHERE status = 'pending' AND conversation_id = $1 LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id`,
      values: [conversationId(n)],
    },
    {
      text: `INSERT INTO analysis_audit_log (event_type, outcome, conversation_id, branch_id, train_id, request_id)
        VALUES ('ANALYSIS_REQUEST', 'success', $1, 'main', 'train-2', $2)`,
      values: [conversationId(n), `old-${n}`],
    },
    { text: `UPDATE train_api_keys SET last_used_at = now() WHERE key_suffix = $1`, values: ['0000'] },
    {
      text: `SELECT train_id, count(*), sum(total_tokens) FROM api_requests WHERE timestamp > now() - interval '1 hour' GROUP BY 1`,
    },
  ],
  trace: (n) => ({ table: 'api_requests', where: `request_id = '${requestId(n)}'` }),
};

const requestId = (n: number) => `0c0c0c0c-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
const conversationId = (n: number) => `0d0d0d0d-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
