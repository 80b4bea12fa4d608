import type { AdoptMapping } from '@repo/migrate/config';

/** The milliseconds between two moments as an integer; NULL where one is unknown or endless, they are out of order, or no integer holds
 *  it. Without subtraction before that is known: it fails for infinite moments before Postgres 17. */
const milliseconds = (from: string, to: string) =>
  `CASE WHEN isfinite(${from}) AND ${to} >= ${from} AND ${to} <= ${from} + INTERVAL '2147483647 milliseconds'
    THEN round(extract(epoch FROM ${to} - ${from}) * 1000)::integer END`;

const ISO_8601 = `^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)$`;

/** Of a stage's start row: the row that told its end, with a start that differs by less than a second. */
const TOLD_AGAIN = `EXISTS (SELECT FROM audit.job_stages AS told
  WHERE told.job_id = job_stages.job_id AND told.stage_name = job_stages.stage_name AND told.status <> 'start'
    AND told.started_at > job_stages.started_at - INTERVAL '1 second'
    AND told.started_at < job_stages.started_at + INTERVAL '1 second')`;

/** What the running audit database calls and tells otherwise than its specification. */
export const adopt: AdoptMapping = {
  tables: {
    jobs: {
      columns: {
        created_by: {
          rule: 'created_by = {name, role, at} of created_by_name, created_by_role and created_by_at; NULL where all three are',
          legacy: {
            created_by_name: 'text',
            created_by_role: 'text',
            created_by_at: 'timestamp with time zone',
          },
          value: `CASE WHEN num_nonnulls(created_by_name, created_by_role, created_by_at) > 0 THEN jsonb_build_object(
            'name', created_by_name, 'role', created_by_role, 'at', CASE WHEN isfinite(created_by_at)
              THEN to_char(created_by_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END) END`,
          back: {
            created_by_name: `created_by ->> 'name'`,
            created_by_role: `created_by ->> 'role'`,
            created_by_at: `CASE WHEN created_by ->> 'at' ~ '${ISO_8601}' THEN (created_by ->> 'at')::timestamptz END`,
          },
        },
        error_message: {
          rule: 'error_message = the message of error where it is an object with one, its text where it is a text, else the JSON whole',
          legacy: { error: 'jsonb' },
          value: `CASE jsonb_typeof(error) WHEN 'null' THEN NULL WHEN 'string' THEN error #>> '{}'
            WHEN 'object' THEN coalesce(error ->> 'message', error::text) ELSE error::text END`,
          back: { error: `CASE WHEN error_message IS NOT NULL THEN jsonb_build_object('message', error_message) END` },
        },
        duration_ms: {
          rule:
            'duration_ms is run time: run_ms, else total_ms − queue_ms, else, where started_at or finished_at is unknown, ' +
            'total_seconds × 1000. What is left NULL gets finished_at − started_at by the backfill jobs-duration-ms',
          legacy: { run_ms: 'integer', total_ms: 'integer', queue_ms: 'integer', total_seconds: 'integer' },
          value: `coalesce(run_ms, total_ms::bigint - queue_ms,
            CASE WHEN num_nonnulls(started_at, finished_at) < 2 AND total_seconds <= 2147483 THEN total_seconds * 1000 END)::integer`,
          back: {
            run_ms: 'coalesce(duration_ms, run_ms)',
            total_ms: `coalesce(total_ms, ${milliseconds('accepted_at', 'finished_at')})`,
            queue_ms: `coalesce(queue_ms, ${milliseconds('accepted_at', 'started_at')})`,
            total_seconds: 'coalesce(round(duration_ms / 1000.0)::integer, total_seconds)',
          },
        },
        accepted_at: { rule: 'a moment without a zone was written as UTC', timeZone: 'UTC' },
        started_at: { rule: 'a moment without a zone was written as UTC', timeZone: 'UTC' },
        finished_at: { rule: 'a moment without a zone was written as UTC', timeZone: 'UTC' },
      },
    },
    job_stages: {
      columns: {
        started_at: { rule: 'a moment without a zone was written as UTC', timeZone: 'UTC' },
        ended_at: { rule: 'a moment without a zone was written as UTC', timeZone: 'UTC' },
      },
      waits: {
        job_stages_status_check: 'the running event feed tells the start of a stage as a row with status start',
        job_stages_job_id_stage_name_started_at_key:
          'the running event feed tells a stage twice, and the start row may have the start of the end row',
        'id type': 'bigserial there: an integer would rewrite the table while its writers wait',
      },
      duplicates: {
        job_stages_job_id_stage_name_started_at_key: {
          keep: 'num_nonnulls(ended_at, status, duration_ms, meta, error) DESC, id',
        },
      },
      rows: [
        {
          rule: 'the start row of a stage whose end was told, too: the end row knows all that it knows',
          where: `status = 'start' AND ${TOLD_AGAIN}`,
          quarantine: true,
        },
        {
          rule: 'the start row of a stage that has not ended has no status yet',
          where: `status = 'start'`,
          set: { status: 'NULL' },
        },
      ],
    },
  },
};
