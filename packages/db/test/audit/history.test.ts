import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import config from '../../db.config.ts';
import { jobStagesDedupe } from '../../src/audit/backfills/job-stages-dedupe.ts';
import { jobStagesDurationMs } from '../../src/audit/backfills/job-stages-duration-ms.ts';
import { jobsDurationMs } from '../../src/audit/backfills/jobs-duration-ms.ts';
import { emptyDatabase, type MigratedDatabase, migrateTo, servers } from '../support/database.ts';

const audit = config.domains.filter(({ name }) => name === 'audit');
const jobId = (n: number) => `3f0c6d9e-7a0a-4b35-9d6f-${String(n).padStart(12, '0')}`;
const NOON = '2026-11-01T12:00:00Z';
const BACKFILLS = [jobsDurationMs, jobStagesDurationMs, jobStagesDedupe];

/* Rows as the early writers left them, taken through the rest of the history by the engine. */
describe.each(servers())('audit rows of before on PostgreSQL $version', ({ url }) => {
  let db: MigratedDatabase;
  let viewsBefore: readonly unknown[];
  beforeAll(async () => {
    db = await emptyDatabase(url);
    await migrateTo(db.url, audit, '20261121012639_alias_views');
    await db.sql.unsafe(BEFORE);
    viewsBefore = await views();
    await migrateTo(db.url, audit, '20261121012804_ms_durations');
    await db.sql`UPDATE audit.job_stages SET duration_ms = 77 WHERE id = 1`;
    await migrateTo(db.url, audit, '20261121012850_job_stages_quarantine');
    await db.sql.unsafe(DUPLICATES);
    await migrateTo(db.url, audit);
  });
  afterAll(() => db[Symbol.asyncDispose]());

  const views = async () => [
    ...(await db.sql`SELECT * FROM audit.job_metrics_by_bot WHERE bot_id = 'upload'`),
    ...(await db.sql`SELECT job_id, duration_seconds FROM audit.recent_jobs WHERE bot_id = 'upload'`),
  ];
  const left = async () => {
    const counts = await Promise.all(BACKFILLS.map(({ remaining }) => db.sql.unsafe(remaining)));
    return counts.map(([row]) => Number(row?.['count']));
  };

  test('durations are filled to the millisecond; what is not known or does not fit stays NULL', async () => {
    expect(
      await db.sql`SELECT right(job_id::text, 2)::int AS job, duration_ms FROM audit.jobs ORDER BY job_id`,
    ).toEqual([
      { job: 1, duration_ms: 1_235 },
      { job: 2, duration_ms: 0 },
      { job: 3, duration_ms: null }, // finished before it started
      { job: 4, duration_ms: null }, // never started
      { job: 5, duration_ms: null }, // never finished
      { job: 6, duration_ms: 2_147_483_647 }, // the most that fits
      { job: 7, duration_ms: null }, // a millisecond more
      { job: 8, duration_ms: null }, // for ever
      { job: 9, duration_ms: 250 },
      { job: 10, duration_ms: 750 },
    ]);
    expect(await db.sql`SELECT id, duration_ms FROM audit.job_stages WHERE id < 10 ORDER BY id`).toEqual([
      { id: 1, duration_ms: 77 }, // the writer's own stays
      { id: 2, duration_ms: 250 },
      { id: 3, duration_ms: null },
      { id: 4, duration_ms: null },
    ]);
  });

  test('the views tell of old rows what they told before the milliseconds', async () => {
    expect(await views()).toEqual(viewsBefore);
    expect(viewsBefore[0]).toMatchObject({ total_jobs: '2', avg_duration_seconds: 0.5 });
  });

  test('of each stage told more than once the row that knows most stays, among equals the one with the lowest id', async () => {
    const rows = await db.sql`SELECT id FROM audit.job_stages WHERE id >= 10 ORDER BY id`;
    expect(rows.map((row) => row['id'])).toEqual([12, 20, 31, 40, 41, 42, 43]);
  });

  test('every removed row is in the quarantine, whole, with what stayed in its place, why and when', async () => {
    const rows = await db.sql`
      SELECT job_stage_id, kept_job_stage_id, reason, stage_name, started_at, ended_at, status, duration_ms, meta, error
      FROM audit.job_stages_quarantine ORDER BY job_stage_id`;
    const row = (id: number, kept: number, rest: object) => ({
      job_stage_id: id,
      kept_job_stage_id: kept,
      reason: 'duplicate',
      started_at: new Date(NOON),
      ended_at: null,
      status: null,
      duration_ms: null,
      meta: null,
      error: null,
      ...rest,
    });
    expect([...rows]).toEqual([
      row(10, 12, { stage_name: 'grows', meta: { attempt: 1 } }),
      row(11, 12, { stage_name: 'grows', status: 'succeed', meta: { attempt: 1 } }),
      row(21, 20, { stage_name: 'contradicts', status: 'fail', error: { message: 'timed out' }, meta: null }),
      row(30, 31, { stage_name: 'no start', started_at: null }),
    ]);
    const [stamp] = await db.sql`
      SELECT bool_and(quarantined_at > now() - INTERVAL '10 minutes') AS fresh FROM audit.job_stages_quarantine`;
    expect(stamp).toEqual({ fresh: true });
  });

  test('a second run of every backfill has nothing to do and changes nothing', async () => {
    expect(await left()).toEqual([0, 0, 0]);
    for (const { batch, key } of BACKFILLS) {
      const last = key.type === 'uuid' ? 'ffffffff-ffff-ffff-ffff-ffffffffffff' : '2147483647';
      expect((await db.sql.unsafe(batch, [null, last])).count).toBe(0);
    }
  });

  test('a duplicate is refused from now on, by a constraint over a valid index', async () => {
    await expect(
      db.sql`INSERT INTO audit.job_stages (id, job_id, stage_name) VALUES (99, ${jobId(1)}, 'no start')`,
    ).rejects.toMatchObject({
      code: '23505',
      constraint_name: 'job_stages_job_id_stage_name_started_at_key',
    });
  });

  test('a row can be put back from the quarantine once its place is free', async () => {
    await db.sql`DELETE FROM audit.job_stages WHERE id = 20`;
    const back = await db.sql`
      WITH back AS (DELETE FROM audit.job_stages_quarantine WHERE job_stage_id = 21 RETURNING *)
      INSERT INTO audit.job_stages (id, job_id, stage_name, started_at, ended_at, status, meta, error, duration_ms)
      SELECT job_stage_id, job_id, stage_name, started_at, ended_at, status, meta, error, duration_ms FROM back
      RETURNING id, status, error`;
    expect([...back]).toEqual([{ id: 21, status: 'fail', error: { message: 'timed out' } }]);
  });
});

describe.each(servers())('the stage dedupe in small batches on PostgreSQL $version', ({ url }) => {
  let db: MigratedDatabase;
  beforeAll(async () => {
    db = await emptyDatabase(url);
    await migrateTo(db.url, audit, '20261121012850_job_stages_quarantine');
    await db.sql.unsafe(BEFORE);
    await db.sql.unsafe(DUPLICATES);
  });
  afterAll(() => db[Symbol.asyncDispose]());

  test('copies across batches are found, each removal is counted, and no row is lost', async () => {
    const all = await db.sql`SELECT id FROM audit.job_stages ORDER BY id`;
    const [before] = await db.sql.unsafe(jobStagesDedupe.remaining);
    expect(before).toEqual({ count: '4' });
    let removed = 0;
    for (let id = 0; id < 50; id += 1) removed += (await db.sql.unsafe(jobStagesDedupe.batch, [id, id + 1])).count;
    expect(removed).toBe(4);
    const kept = await db.sql`
      SELECT id FROM audit.job_stages UNION ALL SELECT job_stage_id FROM audit.job_stages_quarantine ORDER BY id`;
    expect([...kept]).toEqual([...all]);
    const [after] = await db.sql.unsafe(jobStagesDedupe.remaining);
    expect(after).toEqual({ count: '0' });
  });

  test('a duplicate told between the dedupe and its index fails the build; the next migrate takes it out and ends', async () => {
    await db.sql`
      INSERT INTO migrations.backfills (domain, name, state, finished_at)
      VALUES ('audit', 'job-stages-dedupe', 'done', now())`;
    await db.sql`
      INSERT INTO audit.job_stages (id, job_id, stage_name, started_at)
      SELECT 50, job_id, stage_name, started_at FROM audit.job_stages WHERE id = 12`;
    // what the failed build leaves: an INVALID index of that name
    const build = db.sql`
      CREATE UNIQUE INDEX CONCURRENTLY job_stages_job_id_stage_name_started_at_key
        ON audit.job_stages (job_id, stage_name, started_at) NULLS NOT DISTINCT`;
    await expect(build).rejects.toMatchObject({ code: '23505' });
    await migrateTo(db.url, audit);
    const rows =
      await db.sql`SELECT job_stage_id FROM audit.job_stages_quarantine WHERE kept_job_stage_id = 12 ORDER BY 1`;
    expect(rows.map((row) => row['job_stage_id'])).toEqual([10, 11, 50]);
  });
});

const job = (n: number, started: string | null, finished: string | null, botId = 'search') =>
  `('${jobId(n)}', '${botId}', 'succeeded', '${NOON}', ${started ?? 'NULL'}, ${finished ?? 'NULL'})`;
const BEFORE = `
  INSERT INTO audit.jobs (job_id, bot_id, state, accepted_at, started_at, finished_at) VALUES
    ${job(1, `'${NOON}'`, `'2026-11-01T12:00:01.2346Z'`)},
    ${job(2, `'${NOON}'`, `'${NOON}'`)},
    ${job(3, `'${NOON}'`, `'2026-11-01T11:59:59Z'`)},
    ${job(4, null, `'${NOON}'`)},
    ${job(5, `'${NOON}'`, null)},
    ${job(6, `'${NOON}'`, `'${NOON}'::timestamptz + INTERVAL '2147483647 milliseconds'`)},
    ${job(7, `'${NOON}'`, `'${NOON}'::timestamptz + INTERVAL '2147483648 milliseconds'`)},
    ${job(8, `'${NOON}'`, `'infinity'`)},
    ${job(9, `'${NOON}'`, `'2026-11-01T12:00:00.25Z'`, 'upload')},
    ${job(10, `'${NOON}'`, `'2026-11-01T12:00:00.75Z'`, 'upload')};
  INSERT INTO audit.job_stages (id, job_id, stage_name, started_at, ended_at) VALUES
    (1, '${jobId(1)}', 'login', '${NOON}', '2026-11-01T12:00:09Z'),
    (2, '${jobId(1)}', 'submit', '${NOON}', '2026-11-01T12:00:00.25Z'),
    (3, '${jobId(1)}', 'running', '${NOON}', NULL),
    (4, '${jobId(1)}', 'started unknown', NULL, '${NOON}');`;
const DUPLICATES = `
  INSERT INTO audit.job_stages (id, job_id, stage_name, started_at, ended_at, status, meta, error, duration_ms) VALUES
    (10, '${jobId(2)}', 'grows', '${NOON}', NULL, NULL, '{"attempt": 1}', NULL, NULL),
    (11, '${jobId(2)}', 'grows', '${NOON}', NULL, 'succeed', '{"attempt": 1}', NULL, NULL),
    (12, '${jobId(2)}', 'grows', '${NOON}', '${NOON}', 'succeed', '{"attempt": 1}', NULL, 0),
    (20, '${jobId(2)}', 'contradicts', '${NOON}', NULL, 'succeed', '{"attempt": 1}', NULL, NULL),
    (21, '${jobId(2)}', 'contradicts', '${NOON}', NULL, 'fail', NULL, '{"message": "timed out"}', NULL),
    (30, '${jobId(1)}', 'no start', NULL, NULL, NULL, NULL, NULL, NULL),
    (31, '${jobId(1)}', 'no start', NULL, NULL, 'succeed', NULL, NULL, NULL),
    (40, '${jobId(3)}', 'login', '${NOON}', NULL, NULL, NULL, NULL, NULL),
    (41, '${jobId(4)}', 'login', '${NOON}', NULL, NULL, NULL, NULL, NULL),
    (42, '${jobId(3)}', 'login', '2026-11-01T12:00:00.000001Z', NULL, NULL, NULL, NULL, NULL),
    (43, '${jobId(3)}', 'login', NULL, NULL, NULL, NULL, NULL, NULL);`;
