-- Undo: Room for the hash of a key.
-- Loses: hashes that do not fit; they become NULL, for half a hash matches nothing. Narrowing rewrites the table while nobody
-- can read or write it: choose a quiet hour.
-- Date: 2026-11-21

ALTER TABLE "train"."api_requests" ALTER COLUMN "api_key_hash" SET DATA TYPE varchar(50)
  USING CASE WHEN length("api_key_hash") <= 50 THEN "api_key_hash" END;
