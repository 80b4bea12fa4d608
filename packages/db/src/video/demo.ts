import { base, en, Faker } from '@faker-js/faker';
import type { Seed } from '@repo/migrate/config';
import { insertGenerated } from '../insert-generated.ts';
import { VIDEO_ASPECT_RATIOS, VIDEO_DURATIONS_SECONDS, videoRequests } from './schema.ts';
import type { NewVideoRequest, VideoRequest } from './types.ts';

/** Requests, newest first, back from a fixed day, so that equal options give equal rows. */
export const demo: Seed['demo'] = async (sql, options) => [
  await insertGenerated(sql, videoRequests, requests(options.rows), options),
];

const SEED = 5621;
const LAST_AT = Date.UTC(2026, 10, 1);
const MINUTE_MS = 60_000;
/** A request every 4 minutes. */
const STEP_MS = 4 * MINUTE_MS;
const GUILDS = 40;
const STYLES = [
  'cinematic lighting',
  'stop motion',
  'hand-drawn animation',
  'drone footage',
  'slow motion, film grain',
];
const ERRORS = ['The prompt was refused by the safety filter', 'Quota exceeded', 'The operation returned no video'];

/** Row i depends on the rows before it alone, so a larger set begins with the smaller one. */
function* requests(count: number): Generator<NewVideoRequest> {
  const faker = new Faker({ locale: [en, base], seed: SEED });
  for (let i = 0; i < count; i++) yield request(faker, i);
}

function request(faker: Faker, i: number): NewVideoRequest {
  const createdAt = new Date(LAST_AT - i * STEP_MS - faker.number.int(STEP_MS - 1));
  const guild = faker.number.int(GUILDS - 1);
  const id = faker.string.uuid();
  return {
    id,
    userId: discordId(100_000 + skewed(faker, 200 + i / 10)),
    guildId: faker.datatype.boolean(0.1) ? 'dm' : discordId(guild),
    channelId: discordId(1_000 + guild * 10 + faker.number.int(4)),
    prompt: prompt(faker),
    durationSeconds: faker.helpers.arrayElement(VIDEO_DURATIONS_SECONDS),
    aspectRatio: faker.helpers.arrayElement(VIDEO_ASPECT_RATIOS),
    resolution: faker.datatype.boolean(0.2) ? '1080p' : '720p',
    generateAudio: faker.datatype.boolean(0.9),
    createdAt,
    ...lifecycle(faker, id, createdAt),
  };
}

type Lifecycle = Pick<
  VideoRequest,
  'status' | 'operationName' | 'startedAt' | 'completedAt' | 'durationMs' | 'gcsPrefix' | 'videoUrls' | 'errorMessage'
>;

function lifecycle(faker: Faker, id: string, createdAt: Date): Lifecycle {
  // What is still in hand is of the last minutes, save the few that a crash left behind.
  const inHand = LAST_AT - createdAt.getTime() < 30 * MINUTE_MS ? 50 : 0.2;
  const status = faker.helpers.weightedArrayElement([
    { weight: 90, value: 'completed' as const },
    { weight: 7, value: 'failed' as const },
    { weight: 3, value: 'timeout' as const },
    { weight: inHand, value: 'generating' as const },
    { weight: inHand, value: 'pending' as const },
  ]);
  const startedAt = new Date(createdAt.getTime() + faker.number.int({ min: 200, max: 3_000 }));
  const durationMs = status === 'timeout' ? 600_000 : faker.number.int({ min: 40_000, max: 180_000 });
  const isStarted = status !== 'pending';
  const isEnded = isStarted && status !== 'generating';
  const gcsPrefix = `gs://demo-videos/${id}/`;
  return {
    status,
    operationName: isStarted ? `operations/${id}` : null,
    startedAt: isStarted ? startedAt : null,
    completedAt: isEnded ? new Date(startedAt.getTime() + durationMs) : null,
    durationMs: isEnded ? durationMs : null,
    gcsPrefix: isStarted ? gcsPrefix : null,
    videoUrls: status === 'completed' ? [`${gcsPrefix}sample_0.mp4`] : null,
    errorMessage: errorMessage(faker, status),
  };
}

function errorMessage(faker: Faker, status: Lifecycle['status']): string | null {
  if (status === 'timeout') return 'Generation took longer than 10 minutes';
  return status === 'failed' ? faker.helpers.arrayElement(ERRORS) : null;
}

function prompt(faker: Faker): string {
  const subject = `${faker.word.adjective()} ${faker.animal.type()}`;
  return `A ${subject} in ${faker.location.city()} ${faker.word.adverb()} ${faker.helpers.arrayElement(STYLES)}`;
}

/** Few members ask often, most ask seldom. */
function skewed(faker: Faker, below: number): number {
  return Math.floor(faker.number.float() ** 3 * below);
}

function discordId(n: number): string {
  return (900_000_000_000_000_000n + BigInt(n)).toString();
}
