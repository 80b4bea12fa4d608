import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { readColumns, readConstraints, readIndexes } from '../support/read-catalog.ts';

/* The expected lists are typed from the seed, never from schema.ts or a dump. */

const JOBS = {
  job_id: 'uuid NOT NULL',
  bot_id: 'character varying NOT NULL',
  state: 'character varying NOT NULL',
  accepted_at: 'timestamp with time zone',
  started_at: 'timestamp with time zone',
  finished_at: 'timestamp with time zone',
  meta: 'jsonb',
  result: 'jsonb',
  created_by: 'jsonb',
  error_message: 'text',
  duration_ms: 'integer',
};
const JOB_STAGES = {
  id: "integer NOT NULL DEFAULT nextval('audit.job_stages_id_seq'::regclass)",
  job_id: 'uuid NOT NULL',
  stage_name: 'character varying NOT NULL',
  started_at: 'timestamp with time zone',
  ended_at: 'timestamp with time zone',
  duration_ms: 'integer',
  status: 'character varying',
  meta: 'jsonb',
  error: 'jsonb',
};
const METRICS = {
  bot_id: 'character varying',
  total_jobs: 'bigint',
  succeeded_jobs: 'bigint',
  failed_jobs: 'bigint',
  avg_duration_seconds: 'double precision',
  success_rate: 'double precision',
};
/** A view's column is never NOT NULL and has no default. */
const inView = (columns: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(columns).map(([name, type]) => [name, type.replace(/ (NOT NULL|DEFAULT).*$/, '')]));

const RELATIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  jobs: JOBS,
  job_stages: JOB_STAGES,
  job_metrics_by_bot: METRICS,
  recent_jobs: { ...inView(JOBS), duration_seconds: 'double precision', stage_count: 'bigint' },
  job_stage_summary: {
    stage_name: 'character varying',
    total_stages: 'bigint',
    succeeded_stages: 'bigint',
    failed_stages: 'bigint',
    avg_duration_seconds: 'double precision',
  },
  jobs_v: inView(JOBS),
  job_stages_v: inView(JOB_STAGES),
  job_metrics_v: METRICS,
  // Ours: where the dedupe keeps what it removes.
  job_stages_quarantine: {
    ...inView(JOB_STAGES),
    id: 'bigint NOT NULL',
    job_stage_id: 'integer NOT NULL',
    kept_job_stage_id: 'integer NOT NULL',
    reason: 'text NOT NULL',
    quarantined_at: 'timestamp with time zone NOT NULL DEFAULT now()',
    job_id: 'uuid NOT NULL',
    stage_name: 'character varying NOT NULL',
  },
};
const COLUMNS = Object.fromEntries(
  Object.entries(RELATIONS).flatMap(([relation, columns]) =>
    Object.entries(columns).map(([name, type]) => [`${relation}.${name}`, type]),
  ),
);

const oneOf = (column: string, words: readonly string[]) =>
  `CHECK (((${column})::text = ANY ((ARRAY[${words.map((word) => `'${word}'::character varying`).join(', ')}])::text[])))`;
const CONSTRAINTS = {
  jobs_pkey: 'PRIMARY KEY (job_id)',
  jobs_state_check: oneOf('state', ['queued', 'running', 'succeeded', 'failed', 'canceled']),
  job_stages_pkey: 'PRIMARY KEY (id)',
  job_stages_status_check: oneOf('status', ['succeed', 'fail']),
  fk_job_stages_job_id: 'FOREIGN KEY (job_id) REFERENCES audit.jobs(job_id) ON DELETE CASCADE',
  job_stages_job_id_stage_name_started_at_key: 'UNIQUE NULLS NOT DISTINCT (job_id, stage_name, started_at)',
  // Ours.
  job_stages_quarantine_pkey: 'PRIMARY KEY (id)',
  job_stages_quarantine_reason_check: "CHECK ((reason = 'duplicate'::text))",
};
const INDEXES = {
  idx_jobs_bot_id: 'CREATE INDEX idx_jobs_bot_id ON audit.jobs USING btree (bot_id)',
  idx_jobs_state: 'CREATE INDEX idx_jobs_state ON audit.jobs USING btree (state)',
  idx_jobs_accepted_at: 'CREATE INDEX idx_jobs_accepted_at ON audit.jobs USING btree (accepted_at DESC)',
  idx_jobs_bot_id_state_accepted_at:
    'CREATE INDEX idx_jobs_bot_id_state_accepted_at ON audit.jobs USING btree (bot_id, state, accepted_at)',
  idx_jobs_duration_ms: 'CREATE INDEX idx_jobs_duration_ms ON audit.jobs USING btree (duration_ms)',
  idx_job_stages_job_id: 'CREATE INDEX idx_job_stages_job_id ON audit.job_stages USING btree (job_id)',
  idx_job_stages_stage_name: 'CREATE INDEX idx_job_stages_stage_name ON audit.job_stages USING btree (stage_name)',
  idx_job_stages_duration_ms: 'CREATE INDEX idx_job_stages_duration_ms ON audit.job_stages USING btree (duration_ms)',
  // Ours.
  idx_jobs_finished_at: 'CREATE INDEX idx_jobs_finished_at ON audit.jobs USING btree (finished_at)',
  idx_job_stages_quarantine_job_id:
    'CREATE INDEX idx_job_stages_quarantine_job_id ON audit.job_stages_quarantine USING btree (job_id)',
};

describe.each(servers())('audit catalog on PostgreSQL $version', ({ url }) => {
  let db: MigratedDatabase;
  beforeAll(async () => {
    db = await migratedDatabase(url);
  });
  afterAll(() => db[Symbol.asyncDispose]());

  test('tables and views have the columns of the seed: names, types, nullability, defaults', async () => {
    expect(await readColumns(db.sql, 'audit')).toEqual(COLUMNS);
  });

  test('keys, checks and the foreign key have the names and rules of the seed', async () => {
    expect(await readConstraints(db.sql, 'audit')).toEqual(CONSTRAINTS);
  });

  test('the indexes are those of the seed and two of ours; accepted_at descends', async () => {
    expect(await readIndexes(db.sql, 'audit')).toEqual(INDEXES);
  });

  test('durations are plain integers that the writer fills, not generated columns', async () => {
    const generated = await db.sql`
      SELECT attrelid::regclass::text AS "table", attname AS column FROM pg_attribute
      WHERE attrelid IN ('audit.jobs'::regclass, 'audit.job_stages'::regclass) AND attgenerated <> ''`;
    expect([...generated]).toEqual([]);
  });
});
