-- Undo: Usage by account.
-- Stays: the account ids that the data step filled in.
-- Date: 2026-11-21
-- db: no-transaction

DROP INDEX CONCURRENTLY "train"."idx_api_requests_account_timestamp";
