import { base, en, Faker } from '@faker-js/faker';
import type { Seed } from '@repo/migrate/config';
import { insertGenerated } from '../insert-generated.ts';
import type { ProductAttribute } from './schema/jobs.ts';
import { appInstances, jobItems, jobs, publishLogs } from './schema.ts';
import type { ItemStatus, JobStatus, NewAppInstance, NewJob, NewJobItem, NewPublishLog } from './types.ts';

/** The moment at which the demo data ends. */
const EPOCH_MS = Date.UTC(2026, 10, 1);
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Above every key that a sequence reaches, so that demo rows meet no real row and the sequences stay untouched. */
const FIRST_ID = 1_000_000_001n;
const ATTRIBUTES: readonly ProductAttribute[] = ['name', 'description', 'seoTitle', 'seoDescription'];
/** Products × attributes of four jobs in turn: 2, 4, 6, 4 items, four a job on average. */
const SHAPES = [
  [1, 2],
  [2, 2],
  [3, 2],
  [1, 4],
] as const;
const JOB_STATUSES = { DONE: 84, FAILED: 6, CANCELED: 5, PENDING: 3, RUNNING: 2 } as const;

/** `rows` instances, jobs, items and publish logs, the newest first; the plans stay four. Items belong to the newest quarter of
 *  the jobs: those of older jobs count as cleared away. A larger data set begins with the smaller one. */
export const demo: Seed['demo'] = async (sql, options) => {
  const { rows } = options;
  return [
    await insertGenerated(sql, appInstances, instanceRows(rows), options),
    await insertGenerated(sql, jobs, jobRows(rows), options),
    await insertGenerated(sql, jobItems, itemRows(rows), options),
    await insertGenerated(sql, publishLogs, logRows(rows), options),
  ];
};

const createFaker = (seed: number) => new Faker({ locale: [en, base], seed });

/** A Wix instance id is a GUID; the demo's are told by their zeros. */
const instanceId = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

/** One of the instances up to the nth. A few shops do most of the work. */
const anyInstance = (faker: Faker, n: number) => instanceId(Math.floor(faker.number.float() ** 2 * (n + 1)));

function* instanceRows(rows: number): Generator<NewAppInstance> {
  const faker = createFaker(1);
  for (let n = 0; n < rows; n += 1) {
    const createdAt = new Date(EPOCH_MS - faker.number.int({ min: 1, max: 400 * DAY_MS }));
    const [planId, credits] = faker.helpers.weightedArrayElement([
      { weight: 70, value: ['free', 100] as const },
      { weight: 18, value: ['starter', 1_000] as const },
      { weight: 9, value: ['pro', 5_000] as const },
      { weight: 3, value: ['scale', 25_000] as const },
    ]);
    yield {
      instanceId: instanceId(n),
      siteHost: `${faker.internet.domainWord()}-${n}.example.com`,
      accessToken: `demo-access-${faker.string.alphanumeric(24)}`,
      refreshToken: `demo-refresh-${faker.string.alphanumeric(24)}`,
      tokenExpiresAt: new Date(EPOCH_MS + faker.number.int({ min: -DAY_MS, max: DAY_MS })),
      planId,
      creditsTotal: credits,
      creditsUsedMonth: faker.number.int({ min: 0, max: credits }),
      creditsResetOn: faker.helpers.arrayElement(['2026-11-15', '2026-12-01', '2026-12-01', '2026-12-10']),
      createdAt,
      updatedAt: createdAt,
    };
  }
}

type DemoJob = NewJob & { readonly id: bigint; readonly status: JobStatus; readonly createdAt: Date };

function* jobRows(rows: number): Generator<DemoJob> {
  const faker = createFaker(2);
  for (let n = 0; n < rows; n += 1) {
    const [products, attributes] = SHAPES[n % SHAPES.length] ?? SHAPES[0];
    const status = faker.helpers.weightedArrayElement(
      Object.entries(JOB_STATUSES).map(([value, weight]) => ({ value: value as JobStatus, weight })),
    );
    const createdAt = new Date(EPOCH_MS - (n + 1) * 5 * MINUTE_MS);
    const startedAt = new Date(createdAt.getTime() + faker.number.int({ min: 1_000, max: MINUTE_MS }));
    const isStarted = status !== 'PENDING' && status !== 'CANCELED';
    const isFinished = status !== 'PENDING' && status !== 'RUNNING';
    yield {
      id: FIRST_ID + BigInt(n),
      instanceId: anyInstance(faker, n),
      status,
      sourceScope: 'products',
      sourceIds: Array.from({ length: products }, () => faker.string.uuid()),
      attributes: faker.helpers.arrayElements(ATTRIBUTES, attributes),
      targetLang: faker.helpers.arrayElement(['en', 'en', 'de', 'fr', 'es', 'pt-BR']),
      userPrompt: faker.helpers.arrayElement(['Friendly and short', 'For search engines', 'Luxurious', 'Plain words']),
      createdAt,
      startedAt: isStarted ? startedAt : null,
      finishedAt: isFinished ? new Date(startedAt.getTime() + faker.number.int({ min: 5_000, max: MINUTE_MS })) : null,
      error: status === 'FAILED' ? 'every item failed' : null,
    };
  }
}

/** One item per product and attribute of each job, until there are `rows`. */
function* itemRows(rows: number): Generator<NewJobItem> {
  const faker = createFaker(3);
  let n = 0;
  for (const job of jobRows(rows)) {
    for (const [productId, attribute] of targets(job)) {
      if (n === rows) return;
      const id = FIRST_ID + BigInt(n);
      yield {
        id,
        jobId: job.id,
        productId,
        attribute,
        ...itemText(faker, job),
        createdAt: job.createdAt,
        availableAt: job.createdAt,
      };
      n += 1;
    }
  }
}

const targets = (job: DemoJob) =>
  job.sourceIds.flatMap((productId) => job.attributes.map((attribute) => [productId, attribute] as const));

function itemText(faker: Faker, job: DemoJob) {
  const status = itemStatus(faker, job.status);
  const isDone = status === 'DONE';
  const isTried = isDone || status === 'FAILED';
  return {
    status,
    beforeValue: isTried ? faker.commerce.productName() : null,
    afterValue: isDone ? faker.commerce.productDescription() : null,
    error: status === 'FAILED' ? 'the model gave no answer' : null,
    updatedAt: isTried ? (job.finishedAt ?? job.createdAt) : job.createdAt,
  };
}

function itemStatus(faker: Faker, status: JobStatus): ItemStatus {
  if (status === 'DONE')
    return faker.helpers.weightedArrayElement([
      { weight: 97, value: 'DONE' },
      { weight: 3, value: 'FAILED' },
    ]);
  if (status === 'RUNNING') return faker.helpers.arrayElement(['DONE', 'RUNNING', 'PENDING']);
  if (status === 'PENDING') return 'PENDING';
  return 'FAILED';
}

function* logRows(rows: number): Generator<NewPublishLog> {
  const faker = createFaker(4);
  for (let n = 0; n < rows; n += 1) {
    yield {
      id: FIRST_ID + BigInt(n),
      instanceId: anyInstance(faker, n),
      productId: faker.string.uuid(),
      attribute: faker.helpers.arrayElement(ATTRIBUTES),
      appliedValue: faker.commerce.productDescription(),
      appliedAt: new Date(EPOCH_MS - (n + 1) * 4 * MINUTE_MS),
    };
  }
}
