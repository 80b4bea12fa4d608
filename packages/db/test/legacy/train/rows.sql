INSERT INTO trains (train_id, name, description, slack_enabled, created_at, updated_at)
SELECT 'train-' || n, pg_temp.awkward_text(n), CASE WHEN n % 2 = 0 THEN pg_temp.awkward_text(n + 1) END, n % 3 = 0,
  pg_temp.awkward_moment(n), CASE WHEN n % 4 > 0 THEN pg_temp.awkward_moment(n + 9) END
FROM generate_series(1, 30) AS n WHERE length(pg_temp.awkward_text(n)) <= 255;
INSERT INTO train_members (train_id, user_email, role, added_by)
SELECT id, CASE WHEN train_id LIKE '%7' THEN 'todo@localhost' ELSE 'owner+' || train_id || '@example.org' END, 'owner', 'system' FROM trains
WHERE train_id <> 'train-1';
INSERT INTO train_members (train_id, user_email, role, added_by) SELECT id, 'member@example.org', 'member', 'system' FROM trains;
INSERT INTO anthropic_credentials (account_id, account_name, oauth_access_token, oauth_refresh_token, oauth_expires_at, oauth_scopes)
SELECT 'acc-' || n, 'Account ' || n, pg_temp.awkward_text(n), 'refresh', pg_temp.awkward_moment(n), ARRAY['user:inference', pg_temp.awkward_text(n), NULL]
FROM generate_series(1, 12) AS n;
INSERT INTO train_accounts (train_id, credential_id)
SELECT t.id, c.id FROM trains AS t JOIN anthropic_credentials AS c ON hashtext(t.train_id || c.account_id) % 3 = 0;
INSERT INTO train_api_keys (train_id, api_key, key_prefix, key_suffix, name, revoked_at)
SELECT id, 'cnp_live_' || md5(train_id || n), 'cnp_live_', right(md5(train_id || n), 4), CASE n WHEN 2 THEN 'é ☕' END,
  CASE n WHEN 1 THEN pg_temp.awkward_moment(n) END
FROM trains, generate_series(1, 2) AS n;

-- Conversations of ten requests, each the child of the one before; every fourth conversation is a sub-task of the one before it.
INSERT INTO api_requests (request_id, train_id, timestamp, method, path, headers, body, model, request_type, response_status,
  response_headers, response_body, response_streaming, input_tokens, output_tokens, total_tokens, usage_data, duration_ms, error,
  tool_call_count, current_message_hash, parent_message_hash, conversation_id, branch_id, message_count, is_subtask,
  task_tool_invocation, account_id, system_hash, created_at)
SELECT md5('request ' || n)::uuid, CASE n % 40 WHEN 0 THEN '' WHEN 1 THEN 'Train ☕' ELSE 'train-' || c % 40 END,
  pg_temp.awkward_moment(n), 'POST', '/v1/messages', '{"x-api-key": "***"}', pg_temp.awkward_json(n),
  CASE WHEN n % 13 > 0 THEN 'model-' || n % 3 END, (ARRAY['inference', 'query_evaluation', NULL])[n % 3 + 1],
  CASE WHEN n % 10 > 0 THEN 200 END, CASE WHEN n % 10 > 0 THEN '{}'::jsonb END,
  CASE n % 10 WHEN 0 THEN NULL WHEN 5 THEN task ELSE pg_temp.awkward_json(n + 1) END,
  n % 2 = 0, n, n % 500, n + n % 500, '{"input_tokens": 1}', CASE WHEN n % 10 > 0 THEN n % 30000 END,
  CASE n % 10 WHEN 0 THEN pg_temp.awkward_text(n) END, CASE n % 10 WHEN 5 THEN 1 ELSE 0 END,
  CASE WHEN c % 9 > 0 THEN md5('message ' || n) || md5('m' || n) END, CASE WHEN c % 9 > 0 AND n % 10 > 0 THEN md5('message ' || n - 1) || md5('m' || n - 1) END,
  CASE WHEN c % 9 > 0 THEN md5('conversation ' || c)::uuid END, CASE WHEN c % 4 = 3 THEN 'subtask_1' ELSE 'main' END, n % 10 * 2 + 1, c % 4 = 3,
  CASE WHEN n % 10 = 5 AND c % 3 = 0 THEN '[{"id": "toolu", "name": "Task", "input": {"prompt": "do ☕"}}]'::jsonb END,
  CASE WHEN n % 6 > 0 THEN 'acc-' || n % 12 + 1 END, CASE WHEN n % 8 > 0 THEN md5('system ' || c % 5) || md5('s') END, pg_temp.awkward_moment(n)
FROM (SELECT n, n / 10 AS c, jsonb_build_object('content', jsonb_build_array(jsonb_build_object('type', 'tool_use', 'id', 'toolu', 'name', 'Task',
  'input', jsonb_build_object('prompt', 'do ☕')))) AS task FROM generate_series(1, 4500) AS n) AS numbered;
UPDATE api_requests AS child SET parent_request_id = parent.request_id
FROM api_requests AS parent WHERE parent.current_message_hash = child.parent_message_hash AND hashtext(child.request_id::text) % 3 > 0;

INSERT INTO streaming_chunks (request_id, chunk_index, timestamp, data, token_count)
SELECT md5('request ' || n % 4500 + 1)::uuid, n / 4500, pg_temp.awkward_moment(n), 'data: ' || pg_temp.awkward_text(n), CASE WHEN n % 3 > 0 THEN n % 7 END
FROM generate_series(1, 5000) AS n;

INSERT INTO conversation_analyses (conversation_id, branch_id, status, analysis_content, analysis_data, error_message, retry_count, completed_at, custom_prompt)
SELECT md5('conversation ' || n)::uuid, 'main', (ARRAY['pending', 'processing', 'completed', 'failed'])[n % 4 + 1]::conversation_analysis_status,
  CASE n % 4 WHEN 2 THEN pg_temp.awkward_text(n) END, CASE n % 4 WHEN 2 THEN pg_temp.awkward_json(n) END, CASE n % 4 WHEN 3 THEN pg_temp.awkward_text(n) END,
  CASE WHEN n % 5 > 0 THEN n % 4 END, CASE WHEN n % 4 > 1 THEN pg_temp.awkward_moment(n) END, CASE WHEN n % 7 = 0 THEN pg_temp.awkward_text(n) END
FROM generate_series(1, 400) AS n;

INSERT INTO analysis_audit_log (event_type, outcome, conversation_id, branch_id, train_id, request_id, user_context, metadata, timestamp)
SELECT (ARRAY['ANALYSIS_REQUEST', 'ANALYSIS_REGENERATION'])[n % 2 + 1], 'success', md5('conversation ' || n % 400)::uuid, 'main', 'train-' || n % 30,
  'analysis-' || n, CASE WHEN n % 3 > 0 THEN pg_temp.awkward_json(n) END, pg_temp.awkward_json(n + 1), pg_temp.awkward_moment(n)
FROM generate_series(1, 1500) AS n;
