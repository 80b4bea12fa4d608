import type { NewAnthropicCredential, NewTrain, NewTrainAccount, NewTrainApiKey, NewTrainMember } from '../types.ts';
import { DEMO_END, type Dice, demoHash, demoUuid } from './dice.ts';

const DAY_MS = 86_400_000;
const TEAMS = ['platform', 'payments', 'search', 'mobile', 'data', 'docs', 'infra', 'growth', 'support', 'research'];

/** trains.train_id of the demo train with that number. */
export function demoTrainId(number: number): string {
  return `${TEAMS[number % TEAMS.length]}-${number}`;
}

/** anthropic_credentials.account_id of the demo account with that number. */
export function demoAccountId(number: number): string {
  return `acc_${demoHash('account', number).slice(0, 24)}`;
}

export function demoTrain(number: number): NewTrain {
  const hasSlack = number % 3 === 0;
  return {
    id: demoUuid('train', number),
    trainId: demoTrainId(number),
    name: `Team ${demoTrainId(number)}`,
    description: number % 2 === 0 ? 'Made by the demo seed' : null,
    slackEnabled: hasSlack,
    slackWebhookUrl: hasSlack ? `https://hooks.slack.example/services/${number}` : null,
    slackChannel: hasSlack ? `#${demoTrainId(number)}` : null,
    slackUsername: null,
    slackIconEmoji: null,
    createdAt: createdAt(number),
    updatedAt: createdAt(number),
  };
}

/** People are in about four trains each. */
const email = (number: number) => `person${number}@example.com`;

export function demoOwner(train: number): NewTrainMember {
  return member(train, email(train >> 2), 'owner', 'system');
}

/** Another member for every second train. */
export function* demoMembers(trains: number): Generator<NewTrainMember> {
  for (let train = 0; train < trains; train += 2) {
    yield member(train, email((train >> 2) + 1), 'member', email(train >> 2));
  }
}

function member(train: number, userEmail: string, role: 'owner' | 'member', addedBy: string): NewTrainMember {
  const id = demoUuid(`member ${role}`, train);
  return { id, trainId: demoUuid('train', train), userEmail, role, addedAt: createdAt(train), addedBy };
}

export function* demoCredentials(dice: Dice, count: number): Generator<NewAnthropicCredential> {
  for (let number = 0; number < count; number++) {
    yield {
      id: demoUuid('credential', number),
      accountId: demoAccountId(number),
      accountName: `account-${number}`,
      oauthAccessToken: `demo-access-${demoHash('access', number)}`,
      oauthRefreshToken: `demo-refresh-${demoHash('refresh', number)}`,
      oauthExpiresAt: new Date(DEMO_END + dice.int(8 * 3_600_000)),
      oauthScopes: ['org:create_api_key', 'user:profile', 'user:inference'],
      oauthIsMax: dice.chance(0.8),
      createdAt: createdAt(number),
      updatedAt: createdAt(number),
      lastRefreshAt: dice.chance(0.9) ? new Date(DEMO_END - dice.int(8 * 3_600_000)) : null,
    };
  }
}

export function* demoAccounts(count: number): Generator<NewTrainAccount> {
  for (let number = 0; number < count; number++) {
    yield {
      id: demoUuid('train account', number),
      trainId: demoUuid('train', number),
      credentialId: demoUuid('credential', number),
      createdAt: createdAt(number),
    };
  }
}

export function* demoApiKeys(dice: Dice, count: number): Generator<NewTrainApiKey> {
  for (let number = 0; number < count; number++) {
    const apiKey = `cnp_live_demo${demoHash('key', number).slice(0, 32)}`;
    const isRevoked = dice.chance(0.1);
    yield {
      id: demoUuid('key', number),
      trainId: demoUuid('train', number),
      apiKey,
      keyPrefix: apiKey.slice(0, 12),
      keySuffix: apiKey.slice(-4),
      name: number % 2 === 0 ? 'laptop' : 'ci',
      createdBy: email(number >> 2),
      createdAt: createdAt(number),
      lastUsedAt: dice.chance(0.8) ? new Date(DEMO_END - dice.int(7 * DAY_MS)) : null,
      revokedAt: isRevoked ? new Date(DEMO_END - dice.int(7 * DAY_MS)) : null,
      revokedBy: isRevoked ? email(number >> 2) : null,
    };
  }
}

/** Within the year before the requests. */
function createdAt(number: number): Date {
  return new Date(DEMO_END - (61 + (number % 300)) * DAY_MS);
}
