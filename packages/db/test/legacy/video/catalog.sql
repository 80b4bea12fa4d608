-- The SQL of the seed document's files 001 and 002, and the table comment of the running bot.
CREATE TABLE IF NOT EXISTS video_requests (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),

  -- Discord context
  user_id TEXT NOT NULL,
  guild_id TEXT NOT NULL,
  channel_id TEXT NOT NULL,

  -- Request parameters
  prompt TEXT NOT NULL,
  duration_seconds INTEGER NOT NULL CHECK (duration_seconds IN (4, 6, 8)),
  aspect_ratio TEXT NOT NULL CHECK (aspect_ratio IN ('16:9', '9:16')),
  resolution TEXT NOT NULL CHECK (resolution IN ('720p', '1080p')),
  generate_audio BOOLEAN NOT NULL DEFAULT true,

  -- Lifecycle tracking
  status TEXT NOT NULL CHECK (status IN ('pending', 'generating', 'completed', 'failed', 'timeout')),
  operation_name TEXT,

  -- Timing metrics
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  started_at TIMESTAMPTZ,
  completed_at TIMESTAMPTZ,
  duration_ms INTEGER,

  -- Results
  gcs_prefix TEXT,
  video_urls TEXT[],
  error_message TEXT
);
CREATE INDEX IF NOT EXISTS idx_video_requests_user_created
  ON video_requests (user_id, created_at DESC);
CREATE INDEX IF NOT EXISTS idx_video_requests_status_created
  ON video_requests (status, created_at DESC);
CREATE INDEX IF NOT EXISTS idx_video_requests_guild_created
  ON video_requests (guild_id, created_at DESC);
COMMENT ON TABLE video_requests IS 'Video generation requests with full lifecycle';
