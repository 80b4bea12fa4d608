-- A fresh install of the proxy with its dashboard: all of its files run in order.
CREATE TYPE conversation_analysis_status AS ENUM ('pending', 'processing', 'completed', 'failed');
CREATE TABLE api_requests (
  request_id uuid PRIMARY KEY,
  train_id varchar(255) NOT NULL,
  timestamp timestamptz NOT NULL,
  method varchar(10) NOT NULL,
  path varchar(255) NOT NULL,
  headers jsonb,
  body jsonb,
  api_key_hash varchar(50),
  model varchar(100),
  request_type varchar(50),
  response_status integer,
  response_headers jsonb,
  response_body jsonb,
  response_streaming boolean DEFAULT false,
  input_tokens integer DEFAULT 0,
  output_tokens integer DEFAULT 0,
  total_tokens integer DEFAULT 0,
  cache_creation_input_tokens integer DEFAULT 0,
  cache_read_input_tokens integer DEFAULT 0,
  usage_data jsonb,
  first_token_ms integer,
  duration_ms integer,
  error text,
  tool_call_count integer DEFAULT 0,
  current_message_hash char(64),
  parent_message_hash char(64),
  conversation_id uuid,
  branch_id varchar(255) DEFAULT 'main',
  message_count integer DEFAULT 0,
  parent_task_request_id uuid REFERENCES api_requests (request_id),
  is_subtask boolean DEFAULT false,
  task_tool_invocation jsonb,
  account_id varchar(255),
  parent_request_id uuid REFERENCES api_requests (request_id),
  system_hash varchar(64),
  created_at timestamptz DEFAULT now(),
  CONSTRAINT chk_parent_request_not_self CHECK (parent_request_id <> request_id)
);
CREATE INDEX idx_requests_train_id ON api_requests (train_id);
CREATE INDEX idx_requests_timestamp ON api_requests (timestamp);
CREATE INDEX idx_requests_model ON api_requests (model);
CREATE INDEX idx_requests_request_type ON api_requests (request_type);
CREATE INDEX idx_requests_conversation_id ON api_requests (conversation_id);
CREATE INDEX idx_requests_branch_id ON api_requests (branch_id);
CREATE INDEX idx_requests_conversation_branch ON api_requests (conversation_id, branch_id);
CREATE INDEX idx_requests_message_count ON api_requests (message_count);
CREATE INDEX idx_requests_parent_hash ON api_requests (parent_message_hash);
CREATE INDEX idx_requests_current_hash ON api_requests (current_message_hash);
CREATE INDEX idx_requests_request_id ON api_requests (request_id);
CREATE INDEX idx_requests_account_id ON api_requests (account_id);
CREATE INDEX idx_requests_conversation_timestamp_id ON api_requests (conversation_id, timestamp DESC, request_id DESC)
  WHERE conversation_id IS NOT NULL;
CREATE INDEX idx_requests_conversation_subtask ON api_requests (conversation_id, is_subtask, timestamp, request_id)
  WHERE conversation_id IS NOT NULL;
CREATE INDEX idx_api_requests_parent_request_id ON api_requests (parent_request_id);
CREATE INDEX idx_api_requests_system_hash ON api_requests (system_hash);
CREATE INDEX idx_api_requests_response_body_task ON api_requests USING gin (response_body) WHERE response_body IS NOT NULL;
CREATE INDEX idx_api_requests_task_name ON api_requests ((response_body::text))
  WHERE response_body IS NOT NULL AND response_body::text LIKE '%"name":"Task"%';
CREATE INDEX idx_api_requests_train_timestamp_response ON api_requests (train_id, timestamp DESC) WHERE response_body IS NOT NULL;
COMMENT ON TABLE api_requests IS 'Main table for storing API requests and responses';
COMMENT ON COLUMN api_requests.conversation_id IS 'UUID grouping related messages into conversations';
COMMENT ON COLUMN api_requests.branch_id IS 'Branch identifier within a conversation';
CREATE TABLE streaming_chunks (
  id serial PRIMARY KEY,
  request_id uuid NOT NULL REFERENCES api_requests (request_id) ON DELETE CASCADE,
  chunk_index integer NOT NULL,
  timestamp timestamptz NOT NULL,
  data text NOT NULL,
  token_count integer DEFAULT 0,
  created_at timestamptz DEFAULT now(),
  UNIQUE (request_id, chunk_index)
);
CREATE INDEX idx_chunks_request_id ON streaming_chunks (request_id);
CREATE FUNCTION trigger_set_timestamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at = NOW();
  RETURN NEW;
END;
$$;
CREATE TABLE conversation_analyses (
  id bigserial PRIMARY KEY,
  conversation_id uuid NOT NULL,
  branch_id varchar(255) NOT NULL DEFAULT 'main',
  status conversation_analysis_status NOT NULL DEFAULT 'pending',
  model_used varchar(255) DEFAULT 'gemini-2.5-pro',
  analysis_content text,
  analysis_data jsonb,
  raw_response jsonb,
  error_message text,
  retry_count integer DEFAULT 0,
  generated_at timestamptz,
  processing_duration_ms integer,
  prompt_tokens integer,
  completion_tokens integer,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  completed_at timestamptz,
  custom_prompt text,
  UNIQUE (conversation_id, branch_id)
);
CREATE INDEX idx_conversation_analyses_status ON conversation_analyses (status) WHERE status = 'pending';
CREATE INDEX idx_conversation_analyses_conversation ON conversation_analyses (conversation_id, branch_id);
CREATE INDEX idx_conversation_analyses_has_custom_prompt ON conversation_analyses ((custom_prompt IS NOT NULL)) WHERE custom_prompt IS NOT NULL;
CREATE TRIGGER set_timestamp_on_conversation_analyses BEFORE UPDATE ON conversation_analyses
  FOR EACH ROW EXECUTE FUNCTION trigger_set_timestamp();
COMMENT ON TABLE conversation_analyses IS 'AI-generated analyses of conversations';
CREATE TABLE analysis_audit_log (
  id serial PRIMARY KEY,
  event_type varchar(50) NOT NULL,
  outcome varchar(50) NOT NULL,
  conversation_id uuid NOT NULL,
  branch_id varchar(255) NOT NULL,
  train_id varchar(255) NOT NULL,
  request_id varchar(255) NOT NULL,
  user_context jsonb DEFAULT '{}',
  metadata jsonb DEFAULT '{}',
  timestamp timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_audit_conversation ON analysis_audit_log (conversation_id, branch_id);
CREATE INDEX idx_audit_train ON analysis_audit_log (train_id);
CREATE INDEX idx_audit_timestamp ON analysis_audit_log (timestamp);
CREATE INDEX idx_audit_event_type ON analysis_audit_log (event_type);
CREATE TABLE anthropic_credentials (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  account_id varchar(255) NOT NULL UNIQUE,
  account_name varchar(255) NOT NULL UNIQUE,
  oauth_access_token text NOT NULL,
  oauth_refresh_token text NOT NULL,
  oauth_expires_at timestamptz NOT NULL,
  oauth_scopes text[] NOT NULL,
  oauth_is_max boolean DEFAULT true,
  created_at timestamptz DEFAULT now(),
  updated_at timestamptz DEFAULT now(),
  last_refresh_at timestamptz
);
CREATE INDEX idx_credentials_account_id ON anthropic_credentials (account_id);
CREATE TABLE trains (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  train_id varchar(255) NOT NULL UNIQUE,
  name varchar(255) NOT NULL,
  description text,
  slack_enabled boolean DEFAULT false,
  slack_webhook_url text,
  slack_channel varchar(255),
  slack_username varchar(255),
  slack_icon_emoji varchar(255),
  created_at timestamptz DEFAULT now(),
  updated_at timestamptz DEFAULT now()
);
CREATE INDEX idx_trains_train_id ON trains (train_id);
CREATE TABLE train_accounts (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  train_id uuid NOT NULL REFERENCES trains (id) ON DELETE CASCADE,
  credential_id uuid NOT NULL REFERENCES anthropic_credentials (id) ON DELETE CASCADE,
  created_at timestamptz DEFAULT now(),
  UNIQUE (train_id, credential_id)
);
CREATE INDEX idx_train_accounts_train ON train_accounts (train_id);
CREATE INDEX idx_train_accounts_credential ON train_accounts (credential_id);
CREATE TABLE train_api_keys (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  train_id uuid NOT NULL REFERENCES trains (id) ON DELETE CASCADE,
  api_key text NOT NULL UNIQUE,
  key_prefix varchar(20) NOT NULL,
  key_suffix varchar(10) NOT NULL,
  name varchar(255),
  created_by varchar(255),
  created_at timestamptz DEFAULT now(),
  last_used_at timestamptz,
  revoked_at timestamptz,
  revoked_by varchar(255)
);
CREATE INDEX idx_train_api_keys_train ON train_api_keys (train_id);
CREATE INDEX idx_train_api_keys_key ON train_api_keys (api_key) WHERE revoked_at IS NULL;
CREATE TABLE train_members (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  train_id uuid NOT NULL REFERENCES trains (id) ON DELETE CASCADE,
  user_email varchar(255) NOT NULL,
  role varchar(20) NOT NULL CHECK (role IN ('owner', 'member')),
  added_at timestamptz NOT NULL DEFAULT now(),
  added_by varchar(255) NOT NULL,
  UNIQUE (train_id, user_email)
);
CREATE INDEX idx_train_members_train_id ON train_members (train_id);
CREATE INDEX idx_train_members_user_email ON train_members (user_email);
CREATE INDEX idx_train_members_role ON train_members (train_id, role);
