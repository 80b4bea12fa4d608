-- Undo: Account ids.
-- Loses: the account of every request. The data step finds those of the mapping in TRAIN_ACCOUNT_MAP again, no others.
-- Date: 2026-11-21

ALTER TABLE "train"."api_requests"
  DROP COLUMN "account_id";
