-- Room for the hash of a key.
-- Purpose: api_key_hash takes the 64 hex digits of a SHA-256. Accident: it was 50 wide, and only a key that was always empty
-- kept inserts from failing. Widening a varchar rewrites nothing.
-- Date: 2026-11-21

ALTER TABLE "train"."api_requests" ALTER COLUMN "api_key_hash" SET DATA TYPE varchar(64);
