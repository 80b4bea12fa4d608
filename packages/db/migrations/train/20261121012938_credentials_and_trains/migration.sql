-- Credentials and trains.
-- Purpose: trains, accounts and client keys move from files into tables (013). Each look-up column has one index: its unique
-- key.
-- Date: 2026-11-21

CREATE TABLE "train"."anthropic_credentials" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "account_id" varchar(255) NOT NULL CONSTRAINT "anthropic_credentials_account_id_key" UNIQUE,
  "account_name" varchar(255) NOT NULL CONSTRAINT "anthropic_credentials_account_name_key" UNIQUE,
  "oauth_access_token" text NOT NULL,
  "oauth_refresh_token" text NOT NULL,
  "oauth_expires_at" timestamp with time zone NOT NULL,
  "oauth_scopes" text[] NOT NULL,
  "oauth_is_max" boolean DEFAULT true,
  "created_at" timestamp with time zone DEFAULT now(),
  "updated_at" timestamp with time zone DEFAULT now(),
  "last_refresh_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "train"."train_accounts" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "train_id" uuid NOT NULL,
  "credential_id" uuid NOT NULL,
  "created_at" timestamp with time zone DEFAULT now(),
  CONSTRAINT "train_accounts_train_id_credential_id_key" UNIQUE("train_id","credential_id")
);
--> statement-breakpoint
CREATE TABLE "train"."train_api_keys" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "train_id" uuid NOT NULL,
  "api_key" text NOT NULL CONSTRAINT "train_api_keys_api_key_key" UNIQUE,
  "key_prefix" varchar(20) NOT NULL,
  "key_suffix" varchar(10) NOT NULL,
  "name" varchar(255),
  "created_by" varchar(255),
  "created_at" timestamp with time zone DEFAULT now(),
  "last_used_at" timestamp with time zone,
  "revoked_at" timestamp with time zone,
  "revoked_by" varchar(255)
);
--> statement-breakpoint
CREATE TABLE "train"."trains" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "train_id" varchar(255) NOT NULL CONSTRAINT "trains_train_id_key" UNIQUE,
  "name" varchar(255) NOT NULL,
  "description" text,
  "slack_enabled" boolean DEFAULT false,
  "slack_webhook_url" text,
  "slack_channel" varchar(255),
  "slack_username" varchar(255),
  "slack_icon_emoji" varchar(255),
  "created_at" timestamp with time zone DEFAULT now(),
  "updated_at" timestamp with time zone DEFAULT now()
);
--> statement-breakpoint
CREATE INDEX "idx_train_accounts_credential_id" ON "train"."train_accounts" ("credential_id");
--> statement-breakpoint
CREATE INDEX "idx_train_api_keys_train_id" ON "train"."train_api_keys" ("train_id");
--> statement-breakpoint
ALTER TABLE "train"."train_accounts" ADD CONSTRAINT "train_accounts_train_id_fkey" FOREIGN KEY ("train_id") REFERENCES "train"."trains"("id") ON DELETE CASCADE;
--> statement-breakpoint
ALTER TABLE "train"."train_accounts" ADD CONSTRAINT "train_accounts_credential_id_fkey" FOREIGN KEY ("credential_id") REFERENCES "train"."anthropic_credentials"("id") ON DELETE CASCADE;
--> statement-breakpoint
ALTER TABLE "train"."train_api_keys" ADD CONSTRAINT "train_api_keys_train_id_fkey" FOREIGN KEY ("train_id") REFERENCES "train"."trains"("id") ON DELETE CASCADE;
--> statement-breakpoint

-- objects
COMMENT ON TABLE "train"."anthropic_credentials" IS 'Anthropic accounts that the proxy may use; holds secrets';
--> statement-breakpoint
COMMENT ON TABLE "train"."trains" IS 'Projects and teams that use the proxy';
--> statement-breakpoint
COMMENT ON TABLE "train"."train_accounts" IS 'Accounts that a train may use';
--> statement-breakpoint
COMMENT ON TABLE "train"."train_api_keys" IS 'Client keys of trains; holds secrets';
