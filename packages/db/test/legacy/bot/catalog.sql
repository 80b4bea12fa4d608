-- What the Discord bot's three places of code created and altered at each start, as one production database holds it.
CREATE TABLE config (
  guild_id text NOT NULL DEFAULT 'global',
  key text NOT NULL,
  value jsonb NOT NULL,
  updated_at timestamptz DEFAULT now(),
  PRIMARY KEY (guild_id, key)
);
CREATE TABLE conversations (
  id serial PRIMARY KEY,
  channel_id text NOT NULL,
  guild_id text,
  role text NOT NULL CHECK (role IN ('user', 'assistant', 'system')),
  content text NOT NULL,
  username text,
  created_at timestamptz DEFAULT now()
);
CREATE INDEX idx_conversations_channel_created ON conversations (channel_id, created_at);
CREATE INDEX idx_conversations_created_at ON conversations (created_at);
CREATE INDEX idx_conversations_guild_id ON conversations (guild_id);
CREATE TABLE mod_cases (
  id serial PRIMARY KEY,
  guild_id text NOT NULL,
  case_number integer NOT NULL,
  action text NOT NULL,
  target_id text NOT NULL,
  target_tag text NOT NULL,
  moderator_id text NOT NULL,
  moderator_tag text NOT NULL,
  reason text,
  duration text,
  expires_at timestamptz,
  log_message_id text,
  created_at timestamptz DEFAULT now(),
  UNIQUE (guild_id, case_number)
);
CREATE INDEX idx_mod_cases_guild_target ON mod_cases (guild_id, target_id, created_at);
CREATE TABLE mod_scheduled_actions (
  id serial PRIMARY KEY,
  guild_id text NOT NULL,
  action text NOT NULL,
  target_id text NOT NULL,
  case_id integer REFERENCES mod_cases (id),
  execute_at timestamptz NOT NULL,
  executed boolean DEFAULT false,
  created_at timestamptz DEFAULT now()
);
CREATE INDEX idx_mod_scheduled_actions_pending ON mod_scheduled_actions (executed, execute_at);
CREATE TABLE memory_optouts (
  user_id text PRIMARY KEY,
  created_at timestamptz DEFAULT now()
);
CREATE TABLE ai_usage (
  id serial PRIMARY KEY,
  guild_id text NOT NULL,
  channel_id text NOT NULL,
  type text NOT NULL CHECK (type IN ('classify', 'respond')),
  model text NOT NULL,
  input_tokens integer NOT NULL DEFAULT 0,
  output_tokens integer NOT NULL DEFAULT 0,
  cache_creation_tokens integer NOT NULL DEFAULT 0,
  cache_read_tokens integer NOT NULL DEFAULT 0,
  cost_usd numeric(10, 6) NOT NULL DEFAULT 0,
  duration_ms integer NOT NULL DEFAULT 0,
  user_id text,
  search_count integer NOT NULL DEFAULT 0,
  created_at timestamptz DEFAULT now()
);
CREATE INDEX idx_ai_usage_created_at ON ai_usage (created_at);
CREATE INDEX idx_ai_usage_guild_created ON ai_usage (guild_id, created_at);
CREATE INDEX idx_ai_usage_user_created ON ai_usage (user_id, created_at);
CREATE TABLE logs (
  id serial PRIMARY KEY,
  level varchar(10) NOT NULL,
  message text NOT NULL,
  metadata jsonb DEFAULT '{}',
  timestamp timestamptz DEFAULT now()
);
CREATE INDEX idx_logs_level ON logs (level);
CREATE INDEX idx_logs_timestamp ON logs (timestamp);
CREATE TABLE bot_restarts (
  id serial PRIMARY KEY,
  timestamp timestamptz DEFAULT now(),
  reason text NOT NULL DEFAULT 'startup',
  version text,
  uptime_seconds numeric
);
