import { base, en, Faker } from '@faker-js/faker';
import type { DemoOptions, Seed, SeedCount } from '@repo/migrate/config';
import type { Sql } from 'postgres';
import { insertGenerated } from '../insert-generated.ts';
import { insertMissing } from '../insert-missing.ts';
import { demoAnalyses, demoAuditEvents } from './demo/analyses.ts';
import { dice } from './demo/dice.ts';
import { demoChunks, demoRequests } from './demo/requests.ts';
import { demoAccounts, demoApiKeys, demoCredentials, demoMembers, demoOwner, demoTrain } from './demo/trains.ts';
import {
  analysisAuditLog,
  anthropicCredentials,
  apiRequests,
  conversationAnalyses,
  streamingChunks,
  trainAccounts,
  trainApiKeys,
  trainMembers,
  trains,
} from './schema.ts';

/** Two months of requests that end on a fixed day, with the trains, people and accounts behind them. Members are half as many
 *  again as trains: an owner each, and another member for every second. */
export const demo: Seed['demo'] = async (sql, options) => {
  const { rows } = options;
  const roll = (seed: number) => dice(new Faker({ locale: [en, base], seed }));
  const [trainCount, ownerCount] = await insertTrains(sql, options);
  const members = await insertGenerated(sql, trainMembers, demoMembers(rows), options);
  const counts = [
    trainCount,
    {
      table: members.table,
      inserted: ownerCount.inserted + members.inserted,
      rows: ownerCount.rows + members.rows,
    },
    await insertGenerated(sql, anthropicCredentials, demoCredentials(roll(5642), rows), options),
    await insertGenerated(sql, trainAccounts, demoAccounts(rows), options),
    await insertGenerated(sql, trainApiKeys, demoApiKeys(roll(5643), rows), options),
    await insertGenerated(sql, apiRequests, demoRequests(roll(5644), rows), options),
    await insertGenerated(sql, streamingChunks, demoChunks(roll(5645), rows), options),
    await insertGenerated(sql, conversationAnalyses, demoAnalyses(roll(5646), rows), options),
    await insertGenerated(sql, analysisAuditLog, demoAuditEvents(roll(5647), rows), options),
  ];
  await sql`REFRESH MATERIALIZED VIEW CONCURRENTLY train.hourly_stats`;
  return counts;
};

const BATCH_ROWS = 5_000;

/** Each train in one transaction with its owner: the database refuses one without. */
async function insertTrains(sql: Sql, { rows, onProgress }: DemoOptions): Promise<readonly [SeedCount, SeedCount]> {
  let [inserted, owners] = [0, 0];
  for (let from = 0; from < rows; from += BATCH_ROWS) {
    const numbers = Array.from({ length: Math.min(BATCH_ROWS, rows - from) }, (_, i) => from + i);
    await sql.begin(async (tx) => {
      inserted += await insertMissing(tx, trains, numbers.map(demoTrain));
      owners += await insertMissing(tx, trainMembers, numbers.map(demoOwner));
    });
    onProgress('trains', from + numbers.length, rows);
  }
  return [
    { table: 'trains', inserted, rows },
    { table: 'train_members', inserted: owners, rows },
  ];
}
