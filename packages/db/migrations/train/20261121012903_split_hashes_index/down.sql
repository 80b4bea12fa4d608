-- Undo: Requests by system prompt.
-- Stays: the hashes that the data step computed.
-- Date: 2026-11-21
-- db: no-transaction

DROP INDEX CONCURRENTLY "train"."idx_api_requests_system_hash";
