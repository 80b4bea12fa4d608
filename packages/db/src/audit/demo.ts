import { base, en, Faker } from '@faker-js/faker';
import type { Seed } from '@repo/migrate/config';
import { insertGenerated } from '../insert-generated.ts';
import { jobStages, jobStagesQuarantine, jobs } from './schema.ts';
import type { JobState, NewJob, NewJobStage, NewQuarantinedJobStage } from './types.ts';

/** The moment at which the demo data ends. */
const EPOCH_MS = Date.UTC(2026, 10, 1);
const MINUTE_MS = 60_000;
/** Above every key that a sequence reaches, so that demo rows meet no real row and the sequences stay untouched. */
const FIRST_ID = 1_000_000_001;
const STAGES = ['login', 'open-form', 'fill-form', 'submit'] as const;
const BOTS = ['scrape-participant', 'scrape-plan', 'search', 'update', 'upload', 'mfa-reset', 'email-trigger'];
const STATES: readonly { readonly value: JobState; readonly weight: number }[] = [
  { value: 'succeeded', weight: 86 },
  { value: 'failed', weight: 9 },
  { value: 'canceled', weight: 2 },
  { value: 'queued', weight: 2 },
  { value: 'running', weight: 1 },
];

/** `rows` jobs, stages and quarantined stages, the newest first. Stages belong to the newest jobs, four to most: those of older
 *  jobs count as cleared away. The quarantine holds a repeated login of every job. A larger data set begins with the smaller one. */
export const demo: Seed['demo'] = async (sql, options) => {
  const { rows } = options;
  return [
    await insertGenerated(sql, jobs, jobRows(rows), options),
    await insertGenerated(sql, jobStages, stageRows(rows), options),
    await insertGenerated(sql, jobStagesQuarantine, quarantineRows(rows), options),
  ];
};

const createFaker = (seed: number) => new Faker({ locale: [en, base], seed });

type DemoJob = NewJob & {
  readonly acceptedAt: Date;
  readonly startedAt: Date | null;
  readonly durationMs: number | null;
};

/** Newest first, one every ten minutes; the same rows at every call. */
function* jobRows(rows: number): Generator<DemoJob> {
  const faker = createFaker(1);
  for (let n = 0; n < rows; n += 1) {
    const state = faker.helpers.weightedArrayElement(STATES);
    const acceptedAt = new Date(EPOCH_MS - (n + 1) * 10 * MINUTE_MS);
    const isStarted = state !== 'queued' && state !== 'canceled';
    const isFinished = state === 'succeeded' || state === 'failed';
    const startedAt = isStarted ? after(acceptedAt, faker.number.int({ min: 50, max: 20_000 })) : null;
    const durationMs = isFinished ? faker.number.int({ min: 4_000, max: 5 * MINUTE_MS }) : null;
    yield {
      jobId: faker.string.uuid(),
      botId: faker.helpers.arrayElement(BOTS),
      state,
      acceptedAt,
      startedAt,
      finishedAt: finishOf({ state, acceptedAt, startedAt, durationMs }),
      meta: { planId: faker.string.numeric(6), participant: faker.string.alphanumeric(10) },
      result: state === 'succeeded' ? { ok: true, fields: faker.number.int({ min: 1, max: 40 }) } : null,
      createdBy: {
        name: faker.person.fullName(),
        role: faker.helpers.arrayElement(['admin', 'operator']),
        at: acceptedAt.toISOString(),
      },
      errorMessage:
        state === 'failed' ? faker.helpers.arrayElement(['login refused', 'form changed', 'timed out']) : null,
      durationMs,
    };
  }
}

const after = (moment: Date, ms: number) => new Date(moment.getTime() + ms);

function finishOf(job: Pick<DemoJob, 'state' | 'acceptedAt' | 'startedAt' | 'durationMs'>): Date | null {
  if (job.state === 'canceled') return after(job.acceptedAt, 30_000);
  return job.startedAt === null || job.durationMs === null ? null : after(job.startedAt, job.durationMs);
}

/** Stages of the jobs that started, in order: each takes a quarter of the job; a failed job fails in its last one. */
function* stageRows(rows: number): Generator<NewJobStage> {
  const faker = createFaker(2);
  let n = 0;
  for (const job of jobRows(rows)) {
    for (const stage of stagesOf(job, faker)) {
      if (n === rows) return;
      yield { id: FIRST_ID + n, ...stage };
      n += 1;
    }
  }
}

function stagesOf(job: DemoJob, faker: Faker): readonly NewJobStage[] {
  const { startedAt } = job;
  if (startedAt === null) return [];
  if (job.durationMs === null) return [stageOf(job, { stageName: 'login', startedAt, durationMs: null }, faker)];
  const durationMs = Math.floor(job.durationMs / STAGES.length);
  return STAGES.map((stageName, k) =>
    stageOf(job, { stageName, startedAt: after(startedAt, k * durationMs), durationMs }, faker),
  );
}

interface DemoSpan {
  readonly stageName: (typeof STAGES)[number];
  readonly startedAt: Date;
  /** NULL: still running. */
  readonly durationMs: number | null;
}

function stageOf(job: DemoJob, { stageName, startedAt, durationMs }: DemoSpan, faker: Faker): NewJobStage {
  const isFailed = job.state === 'failed' && stageName === 'submit';
  return {
    jobId: job.jobId,
    stageName,
    startedAt,
    endedAt: durationMs === null ? null : after(startedAt, durationMs),
    status: durationMs === null ? null : isFailed ? 'fail' : 'succeed',
    meta: { attempt: faker.number.int({ min: 1, max: 3 }) },
    error: isFailed ? { message: job.errorMessage } : null,
    durationMs,
  };
}

function* quarantineRows(rows: number): Generator<NewQuarantinedJobStage> {
  let n = 0;
  for (const job of jobRows(rows)) {
    yield {
      id: BigInt(FIRST_ID + n),
      jobStageId: FIRST_ID + 500_000_000 + n,
      keptJobStageId: FIRST_ID + 600_000_000 + n,
      reason: 'duplicate',
      quarantinedAt: new Date(EPOCH_MS),
      jobId: job.jobId,
      stageName: 'login',
      startedAt: job.acceptedAt,
      endedAt: null,
      status: null,
      meta: null,
      error: null,
      durationMs: null,
    };
    n += 1;
  }
}
