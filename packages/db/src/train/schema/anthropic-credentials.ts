import { boolean, text, unique, uuid, varchar } from 'drizzle-orm/pg-core';
import { timestamptz } from '../../columns/timestamptz.ts';
import { trainSchema } from './train.ts';

/** One row per Anthropic account that the proxy may use. Written by the login command and by each token refresh. */
export const anthropicCredentials = trainSchema.table(
  'anthropic_credentials',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    /** The account's id at Anthropic, as in api_requests.account_id. */
    accountId: varchar('account_id', { length: 255 }).notNull(),
    /** For people. */
    accountName: varchar('account_name', { length: 255 }).notNull(),
    /** Secret. */
    oauthAccessToken: text('oauth_access_token').notNull(),
    /** Secret. */
    oauthRefreshToken: text('oauth_refresh_token').notNull(),
    /** When the access token stops working. */
    oauthExpiresAt: timestamptz('oauth_expires_at').notNull(),
    oauthScopes: text('oauth_scopes').array().notNull(),
    /** A Max subscription, with its own limits. */
    oauthIsMax: boolean('oauth_is_max').default(true),
    createdAt: timestamptz('created_at').defaultNow(),
    updatedAt: timestamptz('updated_at').defaultNow(),
    /** NULL: never refreshed. */
    lastRefreshAt: timestamptz('last_refresh_at'),
  },
  (t) => [
    // usage by account joins on it
    unique('anthropic_credentials_account_id_key').on(t.accountId),
    unique('anthropic_credentials_account_name_key').on(t.accountName),
  ],
);
