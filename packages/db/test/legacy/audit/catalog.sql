-- One production database of the form-filling bots, read back: what the hand-run files left and the application added at first use.
CREATE TYPE job_state AS ENUM ('queued', 'running', 'succeeded', 'failed', 'canceled');
CREATE TYPE stage_status AS ENUM ('start', 'succeed', 'fail');
CREATE FUNCTION set_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at = now();
  RETURN NEW;
END $$;
CREATE TABLE jobs (
  job_id uuid PRIMARY KEY,
  bot_id text NOT NULL,
  state text NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'canceled')),
  accepted_at timestamptz,
  started_at timestamptz,
  finished_at timestamptz,
  total_seconds integer,
  created_by_name text,
  created_by_role text,
  created_by_at timestamptz,
  meta jsonb,
  result jsonb,
  error jsonb,
  stages jsonb,
  stages_list jsonb,
  queue_ms integer,
  run_ms integer,
  total_ms integer
);
CREATE INDEX jobs_bot_idx ON jobs (bot_id);
CREATE INDEX jobs_state_idx ON jobs (state);
CREATE INDEX jobs_finished_idx ON jobs (finished_at);
CREATE TABLE job_stages (
  id bigserial PRIMARY KEY,
  job_id uuid NOT NULL REFERENCES jobs (job_id) ON DELETE CASCADE,
  stage_name text NOT NULL,
  status text NOT NULL CHECK (status IN ('start', 'succeed', 'fail')),
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  duration_ms integer,
  meta jsonb,
  error jsonb,
  CONSTRAINT u_job_stages_once UNIQUE (job_id, stage_name, status, started_at, ended_at)
);
CREATE INDEX job_stages_job_idx ON job_stages (job_id);
CREATE INDEX job_stages_stage_idx ON job_stages (stage_name);
CREATE INDEX job_stages_time_idx ON job_stages (started_at);
CREATE VIEW v_job_last_stage AS
  SELECT DISTINCT ON (job_id) job_id, stage_name, status, started_at, ended_at, duration_ms
  FROM job_stages ORDER BY job_id, started_at DESC NULLS LAST;
CREATE VIEW v_jobs_summary AS
  SELECT j.job_id, j.bot_id, j.state, j.accepted_at, j.started_at, j.finished_at, j.total_seconds,
    (SELECT jsonb_object_agg(s.stage_name, jsonb_build_object(
        'status', s.status, 'started_at', s.started_at, 'ended_at', s.ended_at, 'duration_ms', s.duration_ms))
      FROM job_stages s WHERE s.job_id = j.job_id) AS stages_map
  FROM jobs j;
-- the application's own
ALTER TABLE jobs ADD COLUMN IF NOT EXISTS estimate jsonb;
ALTER TABLE jobs ADD COLUMN IF NOT EXISTS capacity_snapshot jsonb;
CREATE INDEX IF NOT EXISTS job_stages_name_idx ON job_stages (stage_name);
CREATE INDEX IF NOT EXISTS job_stages_started_idx ON job_stages (started_at);
