-- What node-pg-migrate's first file made, after its free plan was edited from 100 to 200 credits.
CREATE TYPE job_status AS ENUM ('PENDING', 'RUNNING', 'DONE', 'FAILED', 'CANCELED');
CREATE TYPE item_status AS ENUM ('PENDING', 'RUNNING', 'DONE', 'FAILED');
CREATE TABLE plans (
  id text PRIMARY KEY,
  name text NOT NULL,
  price_cents integer NOT NULL,
  monthly_credits integer NOT NULL
);
CREATE TABLE app_instances (
  instance_id text PRIMARY KEY,
  site_host text NOT NULL,
  access_token text NOT NULL,
  refresh_token text NOT NULL,
  token_expires_at timestamptz NOT NULL,
  plan_id text NOT NULL DEFAULT 'free' REFERENCES plans,
  credits_total integer NOT NULL DEFAULT 200,
  credits_used_month integer NOT NULL DEFAULT 0,
  credits_reset_on date NOT NULL DEFAULT (date_trunc('month', CURRENT_DATE) + interval '1 month')::date,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_app_instances_site_host ON app_instances (site_host);
CREATE INDEX idx_app_instances_credits_reset ON app_instances (credits_reset_on);
CREATE TABLE jobs (
  id bigserial PRIMARY KEY,
  instance_id text NOT NULL REFERENCES app_instances ON DELETE CASCADE,
  status job_status NOT NULL DEFAULT 'PENDING',
  source_scope text NOT NULL,
  source_ids jsonb NOT NULL,
  attributes jsonb NOT NULL,
  target_lang text NOT NULL,
  user_prompt text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  finished_at timestamptz,
  error text
);
CREATE INDEX idx_jobs_instance_status ON jobs (instance_id, status);
CREATE INDEX idx_jobs_created_at ON jobs (created_at);
CREATE TABLE job_items (
  id bigserial PRIMARY KEY,
  job_id bigint NOT NULL REFERENCES jobs ON DELETE CASCADE,
  product_id text NOT NULL,
  attribute text NOT NULL,
  before_value text,
  after_value text,
  status item_status NOT NULL DEFAULT 'PENDING',
  error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_job_items_job_id ON job_items (job_id);
CREATE INDEX idx_job_items_status ON job_items (status) WHERE status IN ('PENDING', 'RUNNING');
CREATE INDEX idx_job_items_product ON job_items (product_id);
CREATE TABLE publish_logs (
  id bigserial PRIMARY KEY,
  instance_id text NOT NULL REFERENCES app_instances ON DELETE CASCADE,
  product_id text NOT NULL,
  attribute text NOT NULL,
  applied_value text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_publish_logs_instance ON publish_logs (instance_id, applied_at);
CREATE INDEX idx_publish_logs_product ON publish_logs (product_id);
CREATE TABLE pgmigrations (
  id serial PRIMARY KEY,
  name varchar(255) NOT NULL,
  run_on timestamp NOT NULL
);
INSERT INTO pgmigrations (name, run_on) VALUES ('1730000000000_initial-schema', '2025-11-01 02:30:00');
INSERT INTO plans VALUES ('free', 'Free', 0, 200), ('starter', 'Starter', 900, 1000), ('pro', 'Pro', 1900, 5000), ('scale', 'Scale', 4900, 25000);
