-- Undo: Parent requests.
-- Loses: the parent of every request. The data step finds it again where it is certain.
-- Date: 2026-11-21

ALTER TABLE "train"."api_requests"
  DROP COLUMN "parent_request_id";
