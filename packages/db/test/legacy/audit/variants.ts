import type { Variant } from '../bed.ts';
import { otherPeople, otherTools } from '../other-people.ts';

/** Views hang on the columns whose type changes. */
const VIEWS = 'DROP VIEW v_job_last_stage, v_jobs_summary;';
const LAST_STAGE = `CREATE VIEW v_job_last_stage AS
  SELECT DISTINCT ON (job_id) job_id, stage_name, status, started_at, ended_at, duration_ms
  FROM job_stages ORDER BY job_id, started_at DESC NULLS LAST;`;

/** What the hand-run files, the second writer and the reset have left elsewhere. */
export const variants: readonly Variant[] = [
  {
    name: 'files-only',
    hazard: 'the files ran, and the application has not started yet: its columns and indexes are missing',
    sql: 'ALTER TABLE jobs DROP COLUMN estimate, DROP COLUMN capacity_snapshot; DROP INDEX job_stages_name_idx, job_stages_started_idx;',
  },
  {
    name: 'enum-states',
    hazard:
      'an installation that never ran the reset: states and statuses are still the enums of 001, and a view reads them',
    sql: `${VIEWS}
      ALTER TABLE jobs DROP CONSTRAINT jobs_state_check, ALTER state TYPE job_state USING state::job_state;
      ALTER TABLE job_stages DROP CONSTRAINT job_stages_status_check, ALTER status TYPE stage_status USING status::stage_status;
      ${LAST_STAGE}`,
    expect: { keeps: ['v_job_last_stage'] },
  },
  {
    name: 'moments-without-zone',
    hazard: 'moments are timestamp without time zone, written as UTC',
    sql: `${VIEWS} SET LOCAL TimeZone = 'UTC';
      ALTER TABLE jobs ALTER accepted_at TYPE timestamp, ALTER started_at TYPE timestamp, ALTER finished_at TYPE timestamp;
      ALTER TABLE job_stages ALTER started_at TYPE timestamp, ALTER ended_at TYPE timestamp;
      ${LAST_STAGE}`,
    expect: { keeps: ['v_job_last_stage'] },
  },
  {
    name: 'dedupe-half-done',
    hazard: '006 dropped the old key, failed on full duplicates and left its index INVALID',
    sql: `ALTER TABLE job_stages DROP CONSTRAINT u_job_stages_once;
      INSERT INTO job_stages (job_id, stage_name, status, started_at, ended_at, duration_ms, meta, error)
      SELECT job_id, stage_name, status, started_at, ended_at, duration_ms, meta, error FROM job_stages WHERE id % 23 = 0;
      CREATE INDEX u_job_stages_once ON job_stages (job_id, stage_name, status, started_at, ended_at);
      UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'u_job_stages_once'::regclass;`,
    expect: { mends: ['u_job_stages_once'] },
  },
  {
    name: 'as-the-seed-says',
    hazard:
      'somebody built it from the document: created_by, error_message and duration_ms are there, under the right names and half filled',
    sql: `ALTER TABLE jobs ADD COLUMN created_by jsonb, ADD COLUMN error_message text, ADD COLUMN duration_ms integer;
      UPDATE jobs SET created_by = jsonb_build_object('name', created_by_name, 'role', created_by_role, 'at', created_by_at), error_message = error ->> 'message'
        WHERE created_by_name IS NOT NULL AND total_seconds % 2 = 0;
      CREATE INDEX idx_jobs_bot_id ON jobs (bot_id);
      CREATE INDEX "idx_jobs_accepted_at" ON jobs (accepted_at DESC);
      CREATE VIEW recent_jobs AS SELECT * FROM jobs ORDER BY accepted_at DESC LIMIT 100;`,
  },
  {
    name: 'column-order',
    hazard:
      'jobs was rebuilt by a tool: columns in another order, a column of its own that must be given, constraint and index names of its own',
    sql: `${VIEWS}
      CREATE TABLE jobs_new AS SELECT meta, total_ms, state, job_id, bot_id, 'tenant-1'::text AS tenant, created_by_name, created_by_role, created_by_at,
        finished_at, started_at, accepted_at, result, error, run_ms, queue_ms, stages, stages_list, total_seconds, estimate, capacity_snapshot FROM jobs;
      ALTER TABLE job_stages DROP CONSTRAINT job_stages_job_id_fkey;
      DROP TABLE jobs;
      ALTER TABLE jobs_new RENAME TO jobs;
      ALTER TABLE jobs ALTER tenant SET NOT NULL, ALTER bot_id SET NOT NULL, ALTER state SET NOT NULL, ADD CONSTRAINT "PK_jobs" PRIMARY KEY (job_id),
        ADD CONSTRAINT "CHK_state" CHECK (state = ANY (ARRAY['queued', 'running', 'succeeded', 'failed', 'canceled']));
      ALTER TABLE jobs ALTER tenant SET DEFAULT 'tenant-1';
      ALTER TABLE job_stages ADD CONSTRAINT "FK_stage_job" FOREIGN KEY (job_id) REFERENCES jobs ON DELETE CASCADE;
      CREATE INDEX "IDX_bot" ON jobs USING btree (bot_id);
      ${LAST_STAGE}`,
    expect: { keeps: ['jobs.tenant', 'v_job_last_stage'] },
  },
  {
    name: 'other-types',
    hazard: 'made by another tool: ids and errors are texts, and the moment of who created a job has no zone',
    sql: `${VIEWS} SET LOCAL TimeZone = 'UTC';
      ALTER TABLE job_stages DROP CONSTRAINT job_stages_job_id_fkey;
      ALTER TABLE jobs ALTER job_id TYPE text, ALTER error TYPE text, ALTER result TYPE json, ALTER created_by_at TYPE timestamp;
      ALTER TABLE job_stages ALTER job_id TYPE text;
      ALTER TABLE job_stages ADD FOREIGN KEY (job_id) REFERENCES jobs ON DELETE CASCADE;`,
    expect: { keeps: ['jobs.error'] },
  },
  {
    name: 'partitioned-stages',
    hazard: 'stages were partitioned by hand when they grew, with the ids and the indexes that they had',
    sql: `${VIEWS}
      ALTER TABLE job_stages RENAME TO job_stages_once;
      CREATE TABLE job_stages (LIKE job_stages_once INCLUDING DEFAULTS INCLUDING CONSTRAINTS, PRIMARY KEY (id)) PARTITION BY RANGE (id);
      CREATE TABLE job_stages_1 PARTITION OF job_stages FOR VALUES FROM (MINVALUE) TO (6000);
      CREATE TABLE job_stages_2 PARTITION OF job_stages FOR VALUES FROM (6000) TO (MAXVALUE);
      INSERT INTO job_stages SELECT * FROM job_stages_once;
      ALTER SEQUENCE job_stages_id_seq OWNED BY job_stages.id;
      DROP TABLE job_stages_once;
      ALTER TABLE job_stages ADD FOREIGN KEY (job_id) REFERENCES jobs ON DELETE CASCADE;
      CREATE INDEX job_stages_job_idx ON job_stages (job_id);
      ${LAST_STAGE}`,
    expect: { keeps: ['v_job_last_stage', 'job_stages_1', 'job_stages_2'], differs: ['job_stages'] },
  },
  {
    name: 'column-that-must-be-given',
    hazard: 'a fork of the application added a NOT NULL column without a default and writes it itself',
    sql: `ALTER TABLE job_stages ADD COLUMN attempt integer NOT NULL DEFAULT 1; ALTER TABLE job_stages ALTER attempt DROP DEFAULT;`,
    expect: { keeps: ['job_stages.attempt'] },
  },
  {
    name: 'jobs-elsewhere',
    hazard: 'a table of the same name lies in another schema, which fooled the existence checks of the application',
    sql: `CREATE SCHEMA staging; CREATE TABLE staging.jobs AS SELECT * FROM jobs LIMIT 100;
      ALTER TABLE jobs DROP COLUMN estimate;`,
    expect: { keeps: ['jobs'] },
  },
  {
    name: 'empty',
    hazard: '"all files in order": the reset wiped the rows',
    sql: 'TRUNCATE job_stages, jobs RESTART IDENTITY;',
  },
  otherPeople('jobs', 'job_id', 'uuid', 'bot_id'),
  otherTools(['001_init', '002_views', '003_alias_views', '004_reset_schema']),
];
