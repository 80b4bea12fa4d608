import type { OldApplication } from '../bed.ts';

/** The event feed of one job: accepted, started, two stages told twice, succeeded; and what the pages read. */
export const application: OldApplication = {
  start: [
    'ALTER TABLE jobs ADD COLUMN IF NOT EXISTS estimate jsonb',
    'ALTER TABLE jobs ADD COLUMN IF NOT EXISTS capacity_snapshot jsonb',
    'CREATE INDEX IF NOT EXISTS job_stages_name_idx ON job_stages (stage_name)',
    'CREATE INDEX IF NOT EXISTS job_stages_started_idx ON job_stages (started_at)',
  ],
  round: (n) => {
    const job = jobId(n);
    const at = moment(n, 0);
    return [
      {
        text: `INSERT INTO jobs (job_id, bot_id, state, accepted_at, meta, created_by_name, created_by_role, created_by_at, estimate)
          VALUES ($1, $2, 'queued', $3, $4, $5, $6, $3, NULL)
          ON CONFLICT (job_id) DO UPDATE SET state = 'queued', meta = coalesce(jobs.meta, '{}') || coalesce(EXCLUDED.meta, '{}'),
            created_by_name = coalesce(jobs.created_by_name, EXCLUDED.created_by_name)`,
        values: [job, 'old-bot', at, '{"by": "the old application"}', `Zoë ☕ ${n}`, 'admin'],
      },
      {
        text: `UPDATE jobs SET state = 'running', started_at = $2, queue_ms = $3 WHERE job_id = $1`,
        values: [job, moment(n, 1), 1000],
      },
      stage(job, 'login', 'start', moment(n, 1), null),
      stage(job, 'login', 'start', moment(n, 1), null),
      stage(job, 'login', n % 2 === 0 ? 'succeed' : 'fail', moment(n, 1), moment(n, 2)),
      {
        text: `UPDATE jobs SET state = $2, finished_at = $3, total_seconds = $4, run_ms = $5, total_ms = $6, error = $7, result = $8
          WHERE job_id = $1 RETURNING job_id, created_by_name`,
        values: [
          job,
          n % 2 === 0 ? 'succeeded' : 'failed',
          moment(n, 3),
          2,
          2000,
          3000,
          n % 2 === 0 ? null : '{"message": "old"}',
          null,
        ],
      },
      {
        text: 'SELECT job_id, state, created_by_name, error, total_ms FROM jobs WHERE bot_id = $1 ORDER BY finished_at DESC LIMIT 5',
        values: ['old-bot'],
      },
      { text: 'SELECT stages_map FROM v_jobs_summary WHERE job_id = $1', values: [job] },
    ];
  },
  trace: (n) => ({ table: 'jobs', where: `job_id = '${jobId(n)}'` }),
};

function stage(job: string, name: string, status: string, startedAt: string, endedAt: string | null) {
  return {
    text: `INSERT INTO job_stages (job_id, stage_name, status, started_at, ended_at, duration_ms) VALUES ($1, $2, $3, $4, $5, $6)
      ON CONFLICT DO NOTHING`,
    values: [job, name, status, startedAt, endedAt, endedAt === null ? null : 1000],
  };
}

const jobId = (n: number) => `0a0a0a0a-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
const moment = (n: number, seconds: number) =>
  new Date(Date.UTC(2026, 10, 1) + n * 10_000 + seconds * 1000).toISOString();
