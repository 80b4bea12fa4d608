import { boolean, text, unique, uuid, varchar } from 'drizzle-orm/pg-core';
import { timestamptz } from '../../columns/timestamptz.ts';
import { trainSchema } from './train.ts';

/** One row per train: a project or team that uses the proxy. Written by the dashboard, in one transaction with its first owner:
 *  a train without an owner is refused at COMMIT. */
export const trains = trainSchema.table(
  'trains',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    /** What clients name in the request header. */
    trainId: varchar('train_id', { length: 255 }).notNull(),
    name: varchar('name', { length: 255 }).notNull(),
    description: text('description'),
    slackEnabled: boolean('slack_enabled').default(false),
    /** Secret. NULL: Slack is not set up. */
    slackWebhookUrl: text('slack_webhook_url'),
    slackChannel: varchar('slack_channel', { length: 255 }),
    slackUsername: varchar('slack_username', { length: 255 }),
    slackIconEmoji: varchar('slack_icon_emoji', { length: 255 }),
    createdAt: timestamptz('created_at').defaultNow(),
    updatedAt: timestamptz('updated_at').defaultNow(),
  },
  // every proxied request looks its train up here
  (t) => [unique('trains_train_id_key').on(t.trainId)],
);
